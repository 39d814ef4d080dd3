// Appending: which positions and versions events get, and that they come back as they were given.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class AppendContract : public StoreContract<Backend> {
protected:
    /// Appends `event` to a stream and gives what is read of it.
    Event round_trip(const NewEvent& event) {
        const auto appended = this->store().append("round-trip", event).value();
        return all_of(this->store().read("round-trip", {.from = appended.version()})).at(0);
    }
};
TYPED_TEST_SUITE_P(AppendContract);

TYPED_TEST_P(AppendContract, the_first_event_has_position_and_version_one) {
    const auto appended = this->store().append("order-1", event("OrderPlaced")).value();
    EXPECT_EQ(appended.first, Position{1});
    EXPECT_EQ(appended.position, Position{1});
    EXPECT_EQ(appended.version(), Version{1});
    EXPECT_FALSE(appended.repeated);
    EXPECT_EQ(this->store().head().value(), Position{1});
}

TYPED_TEST_P(AppendContract, positions_and_versions_have_no_gap_across_streams_and_requests) {
    add(this->store(), "a");
    this->store().append(request_for({"b", "a", "b"})).value();
    add(this->store(), "c");
    this->store().append(request_for({"c", "a"})).value();

    const auto history = history_of(this->store());
    ASSERT_EQ(history.size(), 7U);
    expect_history(history);
    EXPECT_EQ(versions_of(history), (std::vector<std::uint64_t>{1, 1, 2, 2, 1, 2, 3}));
}

TYPED_TEST_P(AppendContract, the_order_of_the_list_is_the_global_order) {
    const std::vector<std::string> streams{"b", "a", "c", "a", "b", "b", "c"};
    this->store().append(request_for(streams)).value();

    const auto history = history_of(this->store());
    ASSERT_EQ(history.size(), streams.size());
    for (std::size_t i = 0; i < streams.size(); ++i) EXPECT_EQ(history[i].stream, streams[i]);
}

TYPED_TEST_P(AppendContract, the_answer_names_each_stream_in_the_order_of_its_first_event) {
    add(this->store(), "a");
    const auto appended = this->store().append(request_for({"b", "a", "c", "a", "b", "b"})).value();
    EXPECT_EQ(appended.first, Position{2});
    EXPECT_EQ(appended.position, Position{7});
    EXPECT_EQ(appended.versions, (std::vector<StreamVersion>{
                                     {"b", Version{3}}, {"a", Version{3}}, {"c", Version{1}}}));
    EXPECT_EQ(appended.version(), Version{3});
}

TYPED_TEST_P(AppendContract, a_request_may_write_to_many_streams) {
    AppendRequest request;
    for (int i = 0; i < 100; ++i) {
        request.events.push_back({"stream-" + std::to_string(i), event("Happened")});
    }
    const auto appended = this->store().append(request).value();
    ASSERT_EQ(appended.versions.size(), 100U);
    for (const auto& [stream, version] : appended.versions) {
        EXPECT_EQ(version, Version{1}) << stream;
        EXPECT_EQ(this->store().stream_info(stream).value().version, Version{1}) << stream;
    }
}

TYPED_TEST_P(AppendContract, every_field_comes_back_as_it_was_given) {
    NewEvent given = event("Erhöht", std::string{"\0\xff\n{\"a\":1}\0", 12});
    given.tags = {"zeta:1", "alpha:ß", "zeta:1", std::string(limits::name_bytes, 't')};
    given.metadata = {.correlation = "trade-7",
                      .causation = "command-19",
                      .actor = "Ada\nLovelace",
                      .json = R"({"ip":"::1"})"};
    given.content_type = "application/octet-stream";
    given.occurred_at = this->start - std::chrono::microseconds{123'456'789};

    const auto read = this->round_trip(given);
    EXPECT_EQ(read.type, given.type);
    EXPECT_EQ(read.data, given.data);
    EXPECT_EQ(read.tags, given.tags);
    EXPECT_EQ(read.metadata, given.metadata);
    EXPECT_EQ(read.content_type, given.content_type);
    EXPECT_EQ(read.id, given.id);
    EXPECT_EQ(read.occurred_at, *given.occurred_at);
    EXPECT_EQ(read.recorded_at, this->start);
}

TYPED_TEST_P(AppendContract, fields_left_out_come_back_empty_but_the_content_type) {
    const auto read = this->round_trip(event("Happened"));
    EXPECT_EQ(read.stream, "round-trip");
    EXPECT_EQ(read.data, "");
    EXPECT_TRUE(read.tags.empty());
    EXPECT_EQ(read.metadata, Metadata{});
    EXPECT_EQ(read.content_type, json_content_type);
}

TYPED_TEST_P(AppendContract, each_part_of_the_metadata_may_stand_alone) {
    const std::vector<Metadata> each{{.correlation = "c"},
                                     {.causation = "c"},
                                     {.actor = std::string(limits::name_bytes, 'a')},
                                     {.json = std::string(limits::metadata_json_bytes / 4, 'j')}};
    for (const auto& metadata : each) {
        NewEvent given = event();
        given.metadata = metadata;
        EXPECT_EQ(this->round_trip(given).metadata, metadata);
    }
}

TYPED_TEST_P(AppendContract, an_event_occurred_when_it_was_recorded_unless_said_otherwise) {
    this->clock().advance(std::chrono::hours{5});
    NewEvent given = event();
    EXPECT_EQ(this->round_trip(given).occurred_at, this->clock().now());

    const Timestamp ancient = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
    const Timestamp epoch{};
    const Timestamp distant = Timestamp{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}} -
                              std::chrono::microseconds{1};
    for (const auto time : {ancient, epoch, distant}) {
        given = event();
        given.occurred_at = time;
        EXPECT_EQ(this->round_trip(given).occurred_at, time);
    }
}

TYPED_TEST_P(AppendContract, payloads_of_every_small_size_come_back_whole) {
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string data(size, static_cast<char>(size));
        EXPECT_EQ(this->round_trip(event("Sized", data)).data, data);
    }
    for (const std::size_t size : {255U, 256U, 4'095U, 4'096U, 4'097U, 12'000U}) {
        const std::string data(size, 'x');
        EXPECT_EQ(this->round_trip(event("Sized", data)).data, data);
    }
}

TYPED_TEST_P(AppendContract, the_largest_payload_comes_back_whole) {
    const auto size = std::min(limits::payload.value, this->largest_request.value - 1'000);
    std::string data(size, '\0');
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7 + i / 251);
    EXPECT_TRUE(this->round_trip(event("Large", data)).data == data);
}

TYPED_TEST_P(AppendContract, a_request_without_events_writes_nothing) {
    add(this->store(), "a");
    const auto before = history_of(this->store());
    for (const auto durability : {Durability::flushed, Durability::buffered}) {
        AppendRequest barrier;
        barrier.durability = durability;
        const auto appended = this->store().append(barrier).value();
        EXPECT_EQ(appended.first, Position{});
        EXPECT_EQ(appended.position, Position{});
        EXPECT_TRUE(appended.versions.empty());
        EXPECT_EQ(appended.version(), Version{});
        EXPECT_FALSE(appended.repeated);
    }
    expect_holds(this->store(), before);
}

TYPED_TEST_P(AppendContract, the_system_writes_its_streams_beside_others) {
    const auto appended =
        this->store().backend().append_system(request_for({"a", "$import-a", "a"})).value();
    EXPECT_EQ(appended.position, Position{3});
    EXPECT_EQ(all_of(this->store().read("$import-a")).size(), 1U);
    EXPECT_EQ(all_of(this->store().read("a")).size(), 2U);
}

TYPED_TEST_P(AppendContract, copies_of_a_handle_share_the_store) {
    Store copy = this->store();
    add(copy, "a");
    add(this->store(), "a");
    EXPECT_EQ(history_of(copy), history_of(this->store()));
    EXPECT_EQ(history_of(copy).size(), 2U);
}

TYPED_TEST_P(AppendContract, events_survive_closing_and_opening) {
    add(this->store(), "a", "1");
    this->store().append(request_for({"b", "a"})).value();
    const auto before = history_of(this->store());
    this->reopen();
    expect_holds(this->store(), before);
    EXPECT_EQ(add(this->store(), "a").position, Position{4});
    EXPECT_EQ(this->store().stream_info("a").value().version, Version{3});
    this->reopen();
    expect_history(history_of(this->store()));
    EXPECT_EQ(this->store().head().value(), Position{4});
}

TYPED_TEST_P(AppendContract, an_empty_store_survives_closing_and_opening) {
    this->reopen();
    this->reopen();
    EXPECT_EQ(this->store().head().value(), Position{});
    EXPECT_EQ(add(this->store(), "a").position, Position{1});
}

REGISTER_TYPED_TEST_SUITE_P(
    AppendContract, the_first_event_has_position_and_version_one,
    positions_and_versions_have_no_gap_across_streams_and_requests,
    the_order_of_the_list_is_the_global_order,
    the_answer_names_each_stream_in_the_order_of_its_first_event,
    a_request_may_write_to_many_streams, every_field_comes_back_as_it_was_given,
    fields_left_out_come_back_empty_but_the_content_type, each_part_of_the_metadata_may_stand_alone,
    an_event_occurred_when_it_was_recorded_unless_said_otherwise,
    payloads_of_every_small_size_come_back_whole, the_largest_payload_comes_back_whole,
    a_request_without_events_writes_nothing, the_system_writes_its_streams_beside_others,
    copies_of_a_handle_share_the_store, events_survive_closing_and_opening,
    an_empty_store_survives_closing_and_opening);

}  // namespace mainstem::testing::contract
