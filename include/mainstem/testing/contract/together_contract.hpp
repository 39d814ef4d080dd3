// Reads of several streams together, and of positions that are given.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class TogetherContract : public StoreContract<Backend> {
protected:
    /// Fills streams `s0` to `s6` with events that stand between each other's, over many segments
    /// where these are small.
    void fill() {
        Random random{11};
        for (int i = 0; i < 400; ++i) {
            std::vector<std::string> names;
            for (auto events = 1 + random.below(4); events > 0; --events) {
                names.push_back("s" + std::to_string(random.below(7)));
            }
            auto request = request_for(names);
            for (auto& entry : request.events) entry.event.data.assign(random.below(700), 'd');
            request.durability = Durability::buffered;
            this->store().append(request).value();
        }
        history = history_of(this->store());
    }

    std::vector<Event> of_streams(const std::vector<StreamFrom>& streams) const {
        std::vector<Event> events;
        for (const auto& event : history) {
            const bool wanted = std::ranges::any_of(streams, [&](const StreamFrom& stream) {
                return stream.stream.view() == event.stream && event.version >= stream.from;
            });
            if (wanted) events.push_back(event);
        }
        return events;
    }

    std::vector<Event> history;
};
TYPED_TEST_SUITE_P(TogetherContract);

TYPED_TEST_P(TogetherContract, several_streams_come_in_the_global_order) {
    this->fill();
    const std::vector<std::vector<StreamFrom>> reads{
        {{"s0", {}}, {"s1", {}}, {"s2", {}}},
        {{"s6", {}}},
        {{"s3", Version{20}}, {"missing", {}}, {"s5", Version{1}}},
        {{"s1", Version{100'000}}, {"s2", Version{40}}},
        {{"s4", Version{50}}, {"s4", Version{3}}},
        {},
    };
    for (const auto& streams : reads) {
        for (const std::size_t page_events : {1UL, 7UL, 100UL}) {
            EXPECT_EQ(all_of(this->store().read_streams(streams, page_events)),
                      this->of_streams(streams));
        }
    }
}

TYPED_TEST_P(TogetherContract, positions_come_in_the_order_that_is_asked_for) {
    this->fill();
    Random random{5};
    for (const std::size_t page_events : {1UL, 7UL, 100UL}) {
        std::vector<Position> positions;
        std::vector<Event> wanted;
        for (int i = 0; i < 120; ++i) {
            positions.push_back({1 + random.below(this->history.size())});
            if (i % 3 == 0) positions.push_back(positions.back());
        }
        for (const Position position : positions) {
            wanted.push_back(this->history[position.value - 1]);
        }
        EXPECT_EQ(all_of(this->store().read_positions(positions, page_events)), wanted);
    }
    EXPECT_TRUE(all_of(this->store().read_positions({})).empty());
}

TYPED_TEST_P(TogetherContract, a_position_that_is_not_there_is_an_error) {
    add_many(this->store(), "s", 3);
    for (const Position missing : {Position{0}, Position{4}}) {
        const auto error = only_error_of(this->store().read_positions({{1}, missing}));
        EXPECT_TRUE(error && *error == StoreError::out_of_range);
    }
}

TYPED_TEST_P(TogetherContract, too_much_at_once_is_misuse) {
    add_many(this->store(), "s", 1);
    const std::vector<Position> positions(limits::positions_per_read + 1, Position{1});
    auto error = only_error_of(this->store().read_positions(positions));
    EXPECT_TRUE(error && *error == StoreError::invalid);
    const std::vector<StreamFrom> streams(limits::streams_per_read + 1, StreamFrom{"s", {}});
    error = only_error_of(this->store().read_streams(streams));
    EXPECT_TRUE(error && *error == StoreError::invalid);
    error = only_error_of(this->store().read_streams({{"s", {}}}, 0));
    EXPECT_TRUE(error && *error == StoreError::invalid);
    error = only_error_of(this->store().read_positions({{1}}, limits::page_events_most + 1));
    EXPECT_TRUE(error && *error == StoreError::invalid);
}

REGISTER_TYPED_TEST_SUITE_P(TogetherContract, several_streams_come_in_the_global_order,
                            positions_come_in_the_order_that_is_asked_for,
                            a_position_that_is_not_there_is_an_error, too_much_at_once_is_misuse);

}  // namespace mainstem::testing::contract
