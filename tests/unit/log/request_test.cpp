// Encoding of requests: every event where it is said to be, every stream once.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "log/request.hpp"
#include "support/segment_builder.hpp"

namespace mainstem::log {
namespace {

using support::plain_event;

/// `events` events for `streams` streams, one after the other in turn.
AppendRequest in_turn(std::size_t events, std::size_t streams) {
    AppendRequest request;
    for (std::size_t i = 0; i < events; ++i) {
        request.events.push_back({fmt::format("stream-{}", i % streams), plain_event(i)});
    }
    return request;
}

std::vector<std::string> names_of(const EncodedRequest& encoded) {
    std::vector<std::string> names;
    for (const RequestStream& stream : encoded.streams) names.emplace_back(stream.key.name);
    return names;
}

/// Completes and reads every event, and holds it against the request.
void expect_holds(const EncodedRequest& encoded, const AppendRequest& request) {
    ASSERT_EQ(encoded.events.size(), request.events.size());
    ASSERT_EQ(encoded.frame.size(), aligned(sizeof(FrameHeader) + encoded.stored_size));
    std::vector<std::byte> frame = encoded.frame;
    for (std::size_t i = 0; i < request.events.size(); ++i) {
        const auto& [stream, event] = request.events[i];
        const RequestEvent& place = encoded.events[i];
        assign(&frame[place.offset], place.checksum,
               {.version = {1}, .recorded_at = {}, .position = {i + 1}, .salt = 3});
        EventView view;
        std::size_t size = 0;
        ASSERT_EQ(parse_event(ByteSpan{frame}.subspan(place.offset), {i + 1}, 3, view, size),
                  Verdict::valid);
        EXPECT_EQ(size, encoded.event(i).size());
        EXPECT_EQ(view.stream, stream.view());
        EXPECT_EQ(view.data, event.data);
        EXPECT_EQ(view.id, event.id);
        EXPECT_EQ(encoded.streams[place.stream].key.name, stream.view());
        EXPECT_EQ(encoded.streams[place.stream].key.hash, hash_of(stream.view()));
        EXPECT_TRUE(encoded.streams[place.stream].has_events);
    }
    for (std::size_t i = sizeof(FrameHeader) + encoded.stored_size; i < frame.size(); ++i) {
        EXPECT_EQ(frame[i], std::byte{0}) << "padding at " << i;
    }
}

TEST(EncodedRequest, names_each_stream_once) {
    for (const std::size_t streams : {1U, 2U, 7U, 8U, 9U, 100U, 3'000U}) {
        const AppendRequest request = in_turn(2 * streams + 1, streams);
        EncodedRequest encoded;
        encoded.encode(request, false);
        expect_holds(encoded, request);
        ASSERT_EQ(encoded.streams.size(), streams);
        for (std::size_t i = 0; i < streams; ++i) {
            EXPECT_EQ(encoded.streams[i].key.name, fmt::format("stream-{}", i));
        }
    }
}

TEST(EncodedRequest, takes_expectations_to_their_streams) {
    for (const std::size_t streams : {2U, 20U}) {
        AppendRequest request = in_turn(streams, streams);
        for (std::size_t i = 0; i < streams; ++i) {
            request.expect.push_back({fmt::format("stream-{}", i), Version{i + 1}});
            request.expect.push_back({fmt::format("checked-{}", i), Expect::none});
        }
        EncodedRequest encoded;
        encoded.encode(request, false);
        expect_holds(encoded, request);
        ASSERT_EQ(encoded.streams.size(), 2 * streams);
        for (std::size_t i = 0; i < streams; ++i) {
            EXPECT_EQ(encoded.streams[i].expected, ExpectedVersion{Version{i + 1}});
            EXPECT_FALSE(encoded.streams[streams + i].has_events);
            EXPECT_EQ(encoded.streams[streams + i].key.name, fmt::format("checked-{}", i));
            EXPECT_EQ(encoded.streams[streams + i].expected, ExpectedVersion{Expect::none});
        }
    }
}

TEST(EncodedRequest, owns_its_names_when_asked_to) {
    EncodedRequest encoded;
    {
        AppendRequest request = in_turn(3, 3);
        for (int i = 0; i < 50; ++i) request.expect.push_back({fmt::format("c{}", i), Version{1}});
        encoded.encode(request, true);
        for (auto& expectation : request.expect) expectation.stream = "overwritten";
    }
    std::vector<std::string> expected{"stream-0", "stream-1", "stream-2"};
    for (int i = 0; i < 50; ++i) expected.push_back(fmt::format("c{}", i));
    EXPECT_EQ(names_of(encoded), expected);
}

TEST(EncodedRequest, of_checks_alone_writes_nothing) {
    AppendRequest request{.expect = {{"a", Expect::none}, {"b", Version{3}}}};
    EncodedRequest encoded;
    encoded.encode(request, false);
    EXPECT_FALSE(encoded.writes());
    EXPECT_TRUE(encoded.frame.empty());
    EXPECT_EQ(encoded.stored_size, 0U);
    EXPECT_EQ(encoded.streams.size(), 2U);
}

TEST(EncodedRequest, can_be_used_again_after_a_larger_one) {
    Random random{3};
    EncodedRequest used;
    for (int i = 0; i < 100; ++i) {
        const std::size_t events = i % 3 == 0 ? 200 : 3;
        const AppendRequest request = support::random_request(random, events, 30);
        used.encode(request, i % 2 == 0);
        expect_holds(used, request);
        EncodedRequest fresh;
        fresh.encode(request, false);
        EXPECT_EQ(names_of(used), names_of(fresh));
        // All but the frame's header, which the writer sets.
        EXPECT_TRUE(std::ranges::equal(ByteSpan{used.frame}.subspan(sizeof(FrameHeader)),
                                       ByteSpan{fresh.frame}.subspan(sizeof(FrameHeader))));
    }
}

TEST(EncodedRequest, pads_with_zeros_at_every_remainder) {
    EncodedRequest encoded;
    for (std::size_t i = 0; i < 16; ++i) {
        encoded.encode({.events = {{"s", plain_event(1, std::string(300 - i, '\xFF'))}}}, false);
        EXPECT_EQ(encoded.frame.size() % frame_alignment, 0U);
        for (std::size_t at = sizeof(FrameHeader) + encoded.stored_size; at < encoded.frame.size();
             ++at) {
            EXPECT_EQ(encoded.frame[at], std::byte{0});
        }
    }
}

TEST(EncodedRequest, is_the_same_as_another_by_its_events) {
    EncodedRequest one;
    EncodedRequest other;
    AppendRequest request = in_turn(3, 2);
    one.encode(request, false);
    request.expect.push_back({"stream-0", Version{7}});
    request.durability = Durability::buffered;
    other.encode(request, false);
    EXPECT_TRUE(same_events(one, other));
    std::swap(request.events[0], request.events[2]);
    other.encode(request, false);
    EXPECT_FALSE(same_events(one, other));
    other.encode(in_turn(2, 2), false);
    EXPECT_FALSE(same_events(one, other));
    EXPECT_EQ(one.id(), support::numbered_id(0));
}

TEST(EncodedRequest, is_answered_with_the_streams_that_got_events) {
    AppendRequest request = in_turn(3, 2);
    request.expect.push_back({"checked", Expect::none});
    EncodedRequest encoded;
    encoded.encode(request, false);
    encoded.streams[0].version = {5};
    encoded.streams[1].version = {1};
    const Appended answer = answer_to(encoded, {11}, Durability::buffered);
    EXPECT_EQ(answer.first, Position{11});
    EXPECT_EQ(answer.position, Position{13});
    EXPECT_EQ(answer.durability, Durability::buffered);
    EXPECT_FALSE(answer.repeated);
    EXPECT_EQ(answer.versions, (std::vector<StreamVersion>{{"stream-0", {5}}, {"stream-1", {1}}}));

    encoded.encode({.expect = {{"checked", Expect::none}}}, false);
    const Appended checked = answer_to(encoded, {11}, Durability::flushed);
    EXPECT_EQ(checked.position, Position{0});
    EXPECT_TRUE(checked.versions.empty());
}

}  // namespace
}  // namespace mainstem::log
