// Listing: which streams there are, one by one and in numbers.
#pragma once

#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class ListingContract : public StoreContract<Backend> {
protected:
    static constexpr std::size_t all = 1'000;

    std::vector<std::string> names(std::string_view prefix = {}, std::string_view after = {},
                                   std::size_t limit = all) {
        std::vector<std::string> found;
        for (const auto& info : this->store().streams(prefix, after, limit).value()) {
            found.push_back(info.stream.str());
        }
        return found;
    }
};
TYPED_TEST_SUITE_P(ListingContract);

using Names = std::vector<std::string>;

TYPED_TEST_P(ListingContract, an_empty_store_has_no_streams) {
    EXPECT_EQ(this->names(), Names{});
    const auto stats = this->store().stats().value();
    EXPECT_EQ(stats.events, 0U);
    EXPECT_EQ(stats.system_events, 0U);
    EXPECT_EQ(stats.streams, 0U);
    EXPECT_EQ(stats.system_streams, 0U);
    EXPECT_EQ(stats.head, Position{});
}

TYPED_TEST_P(ListingContract, streams_are_sorted_bytewise_and_named_once) {
    for (const auto* stream : {"b", "é", "B", "a", "ab", "a-1", "日本", "a", "b"}) {
        add(this->store(), stream);
    }
    EXPECT_EQ(this->names(), (Names{"B", "a", "a-1", "ab", "b", "é", "日本"}));
}

TYPED_TEST_P(ListingContract, a_listed_stream_has_its_version_and_last_position) {
    this->store().append(request_for({"a", "b", "a", "c", "a", "b"})).value();
    EXPECT_EQ(this->store().streams().value(),
              (std::vector<StreamInfo>{{"a", Version{3}, Position{5}},
                                       {"b", Version{2}, Position{6}},
                                       {"c", Version{1}, Position{4}}}));
    for (const auto& info : this->store().streams().value()) {
        EXPECT_EQ(this->store().stream_info(info.stream).value(), info);
    }
}

TYPED_TEST_P(ListingContract, a_prefix_selects_streams) {
    for (const auto* stream : {"order-1", "order-2", "order", "orders", "ordes", "a", "z"}) {
        add(this->store(), stream);
    }
    EXPECT_EQ(this->names("order"), (Names{"order", "order-1", "order-2", "orders"}));
    EXPECT_EQ(this->names("order-"), (Names{"order-1", "order-2"}));
    EXPECT_EQ(this->names("order-2"), (Names{"order-2"}));
    EXPECT_EQ(this->names("order-3"), Names{});
    EXPECT_EQ(this->names("zz"), Names{});
    EXPECT_EQ(this->names("\xff"), Names{});
    EXPECT_EQ(this->names(std::string(300, 'o')), Names{});
}

TYPED_TEST_P(ListingContract, a_listing_begins_after_a_name) {
    for (const auto* stream : {"a", "b-1", "b-2", "b-3", "c"}) add(this->store(), stream);
    EXPECT_EQ(this->names("", "a"), (Names{"b-1", "b-2", "b-3", "c"}));
    EXPECT_EQ(this->names("", "b-1x"), (Names{"b-2", "b-3", "c"})) << "need not exist";
    EXPECT_EQ(this->names("", "c"), Names{});
    EXPECT_EQ(this->names("b-", "b-2"), (Names{"b-3"}));
    EXPECT_EQ(this->names("b-", "a"), (Names{"b-1", "b-2", "b-3"})) << "before the prefix";
    EXPECT_EQ(this->names("b-", "c"), Names{}) << "behind the prefix";
    EXPECT_EQ(this->names("b-1", "b-1"), Names{});
}

TYPED_TEST_P(ListingContract, a_limit_bounds_a_listing) {
    for (const auto* stream : {"c", "a", "b"}) add(this->store(), stream);
    EXPECT_EQ(this->names("", "", 0), Names{});
    EXPECT_EQ(this->names("", "", 1), (Names{"a"}));
    EXPECT_EQ(this->names("", "", 3), (Names{"a", "b", "c"}));
    EXPECT_EQ(this->names("", "", 4), (Names{"a", "b", "c"}));
    EXPECT_EQ(this->names("", "a", 1), (Names{"b"}));
}

TYPED_TEST_P(ListingContract, paging_on_by_the_last_name_lists_each_stream_once) {
    Names wanted;
    for (int i = 1'000; i < 1'150; ++i) {
        wanted.push_back("stream-" + std::to_string(i));
        add_many(this->store(), wanted.back(), 1);
    }
    for (const std::size_t page : {1U, 7U, 149U, 150U, 151U}) {
        Names found;
        while (true) {
            const auto more = this->names("stream-", found.empty() ? "" : found.back(), page);
            if (more.empty()) break;
            found.insert(found.end(), more.begin(), more.end());
        }
        EXPECT_EQ(found, wanted) << "page of " << page;
    }
}

TYPED_TEST_P(ListingContract, streams_of_the_system_are_listed_and_counted_apart) {
    add_many(this->store(), "a", 3);
    this->store()
        .backend()
        .append_system(request_for({"$import-x", "b", "$import-x", "$y"}))
        .value();
    EXPECT_EQ(this->names(), (Names{"$import-x", "$y", "a", "b"}));
    EXPECT_EQ(this->names("$"), (Names{"$import-x", "$y"}));
    const auto stats = this->store().stats().value();
    EXPECT_EQ(stats.events, 7U);
    EXPECT_EQ(stats.system_events, 3U);
    EXPECT_EQ(stats.streams, 2U);
    EXPECT_EQ(stats.system_streams, 2U);
    EXPECT_EQ(stats.head, Position{7});
}

TYPED_TEST_P(ListingContract, refused_requests_leave_no_stream) {
    auto request = request_for({"new"});
    request.expect = {{"new", Version{5}}, {"checked", Expect::none}};
    EXPECT_FALSE(this->store().append(request));
    EXPECT_TRUE(this->store().append(checks({{"checked", Expect::none}})));
    EXPECT_EQ(this->names(), Names{});
    EXPECT_EQ(this->store().stats().value().streams, 0U);
}

TYPED_TEST_P(ListingContract, listings_and_numbers_survive_closing_and_opening) {
    for (int i = 0; i < 300; ++i) add_many(this->store(), "s-" + std::to_string(i * 7919 % 300), 3);
    this->store().backend().append_system(request_for({"$y", "s-7", "é"})).value();
    const auto infos = this->store().streams().value();
    const auto stats = this->store().stats().value();
    EXPECT_EQ(infos.size(), 302U);
    EXPECT_EQ(stats.streams, 301U);
    this->reopen();
    EXPECT_EQ(this->store().streams().value(), infos);
    const auto after = this->store().stats().value();
    EXPECT_EQ(after.events, stats.events);
    EXPECT_EQ(after.system_events, stats.system_events);
    EXPECT_EQ(after.streams, stats.streams);
    EXPECT_EQ(after.system_streams, stats.system_streams);
    EXPECT_EQ(after.head, stats.head);
}

REGISTER_TYPED_TEST_SUITE_P(ListingContract, an_empty_store_has_no_streams,
                            streams_are_sorted_bytewise_and_named_once,
                            a_listed_stream_has_its_version_and_last_position,
                            a_prefix_selects_streams, a_listing_begins_after_a_name,
                            a_limit_bounds_a_listing,
                            paging_on_by_the_last_name_lists_each_stream_once,
                            streams_of_the_system_are_listed_and_counted_apart,
                            refused_requests_leave_no_stream,
                            listings_and_numbers_survive_closing_and_opening);

}  // namespace mainstem::testing::contract
