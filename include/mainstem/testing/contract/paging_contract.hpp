// Paging: the size of a cursor's pages never changes what it yields.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

/// A stream of 201 events, one of another stream after each third.
template <ContractBackend Backend>
class PagingContract : public StoreContract<Backend> {
protected:
    static constexpr std::uint64_t paged_events = 201;

    void fill() {
        for (std::uint64_t i = 0; i < paged_events / 3; ++i) {
            this->store().append(request_for({"paged", "paged", "paged", "noise"})).value();
        }
    }
};
TYPED_TEST_SUITE_P(PagingContract);

inline constexpr std::size_t page_sizes[] = {1, 2, 3, 100};

/// Numbers of events before, at and behind the borders of pages.
inline std::vector<std::uint64_t> lengths_around(std::size_t page) {
    std::vector<std::uint64_t> lengths{0, 1};
    for (const std::uint64_t pages : {1U, 2U}) {
        for (const std::uint64_t length : {pages * page - 1, pages * page, pages * page + 1}) {
            lengths.push_back(length);
        }
    }
    return lengths;
}

TYPED_TEST_P(PagingContract, limits_around_the_borders_of_pages) {
    this->fill();
    const auto stream = all_of(this->store().read("paged"));
    const auto history = history_of(this->store());
    for (const auto page : page_sizes) {
        for (const auto limit : lengths_around(page)) {
            SCOPED_TRACE(::testing::Message() << "page " << page << ", limit " << limit);
            for (const auto direction : {Direction::forward, Direction::backward}) {
                const bool forward = direction == Direction::forward;
                EXPECT_EQ(
                    all_of(this->store().read(
                        "paged", {.limit = limit, .direction = direction, .page_events = page})),
                    slice(stream, forward ? 1 : stream.size(), limit, direction));
                EXPECT_EQ(all_of(this->store().read_all(
                              {.limit = limit, .direction = direction, .page_events = page})),
                          slice(history, forward ? 1 : history.size(), limit, direction));
            }
        }
    }
}

TYPED_TEST_P(PagingContract, starts_that_leave_lengths_around_the_borders_of_pages) {
    this->fill();
    const auto stream = all_of(this->store().read("paged"));
    for (const auto page : page_sizes) {
        for (const auto length : lengths_around(page)) {
            if (length == 0 || length > stream.size()) continue;
            SCOPED_TRACE(::testing::Message() << "page " << page << ", length " << length);
            const auto from = stream.size() - length + 1;
            EXPECT_EQ(
                all_of(this->store().read("paged", {.from = Version{from}, .page_events = page})),
                slice(stream, from, no_limit, Direction::forward));
            EXPECT_EQ(all_of(this->store().read("paged", {.from = Version{length},
                                                          .direction = Direction::backward,
                                                          .page_events = page})),
                      slice(stream, length, no_limit, Direction::backward));
        }
    }
}

TYPED_TEST_P(PagingContract, positions_that_leave_lengths_around_the_borders_of_pages) {
    this->fill();
    const auto history = history_of(this->store());
    for (const auto page : page_sizes) {
        for (const auto length : lengths_around(page)) {
            SCOPED_TRACE(::testing::Message() << "page " << page << ", length " << length);
            const auto from = history.size() - length + 1;
            EXPECT_EQ(all_of(this->store().read_all({.from = Position{from}, .page_events = page})),
                      slice(history, from, no_limit, Direction::forward));
            if (length == 0) continue;
            EXPECT_EQ(all_of(this->store().read_all({.from = Position{length},
                                                     .direction = Direction::backward,
                                                     .page_events = page})),
                      slice(history, length, no_limit, Direction::backward));
        }
    }
}

TYPED_TEST_P(PagingContract, streams_whose_length_is_at_the_border_of_a_page) {
    for (const std::uint64_t length : {99U, 100U, 101U, 199U, 200U, 201U}) {
        const auto stream = "length-" + std::to_string(length);
        add_many(this->store(), stream, length);
        const auto events = all_of(this->store().read(stream));
        ASSERT_EQ(events.size(), length);
        EXPECT_EQ(events.back().data, std::to_string(length));
        const auto reversed =
            all_of(this->store().read(stream, {.direction = Direction::backward}));
        ASSERT_EQ(reversed.size(), length);
        EXPECT_TRUE(
            std::ranges::equal(events.rbegin(), events.rend(), reversed.begin(), reversed.end()));
    }
}

TYPED_TEST_P(PagingContract, paging_on_from_the_last_version_sees_each_event_once) {
    this->fill();
    const auto stream = all_of(this->store().read("paged"));
    std::vector<Event> paged;
    while (true) {
        const auto page =
            all_of(this->store().read("paged", {.from = Version{paged.size() + 1}, .limit = 7}));
        if (page.empty()) break;
        paged.insert(paged.end(), page.begin(), page.end());
    }
    EXPECT_EQ(paged, stream);
}

REGISTER_TYPED_TEST_SUITE_P(PagingContract, limits_around_the_borders_of_pages,
                            starts_that_leave_lengths_around_the_borders_of_pages,
                            positions_that_leave_lengths_around_the_borders_of_pages,
                            streams_whose_length_is_at_the_border_of_a_page,
                            paging_on_from_the_last_version_sees_each_event_once);

}  // namespace mainstem::testing::contract
