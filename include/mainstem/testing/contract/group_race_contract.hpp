// Groups while others append: whatever comes between, no event may stand on another one than it was
// decided on. Each event says by its data which event it was decided on.
#pragma once

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/threads.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class GroupRaceContract : public StoreContract<Backend> {
protected:
    static constexpr std::uint64_t streams = 6;
    static constexpr std::size_t rounds = 60;

    /// A stream's last event as a caller believes it to be.
    struct Believed {
        Version version;
        std::string id = "none";
    };
    using Beliefs = std::map<std::string, Believed>;

    Beliefs look() {
        Beliefs beliefs;
        for (std::uint64_t i = 0; i < streams; ++i) {
            const auto name = "stream-" + std::to_string(i);
            const auto last =
                all_of(this->store().read(name, {.limit = 1, .direction = Direction::backward}));
            if (last.empty()) {
                beliefs[name] = {};
            } else {
                beliefs[name] = {last[0].version, last[0].id.to_string()};
            }
        }
        return beliefs;
    }

    /// A request for one to three streams, decided on `beliefs`, which it makes true for the next.
    static AppendRequest decide(Random& random, Beliefs& beliefs) {
        AppendRequest request;
        if (random.chance(1, 2)) request.durability = Durability::buffered;
        std::set<std::string> named;
        while (named.size() < 1 + random.below(3)) {
            named.insert("stream-" + std::to_string(random.below(streams)));
        }
        for (const auto& name : named) {
            Believed& believed = beliefs[name];
            request.expect.push_back({name, believed.version});
            const bool checked_only = !request.events.empty() && random.chance(1, 5);
            if (checked_only) continue;
            request.events.push_back({name, event("Decided", believed.id)});
            believed = {believed.version.next(), request.events.back().event.id.to_string()};
        }
        return request;
    }

    /// Appends groups and single requests; returns those that were stored.
    std::uint64_t write(std::uint64_t seed) {
        Random random{seed};
        std::uint64_t events = 0;
        for (std::size_t round = 0; round < rounds; ++round) {
            Beliefs beliefs = look();
            std::vector<AppendRequest> requests;
            for (auto count = 1 + random.below(8); count > 0; --count) {
                requests.push_back(decide(random, beliefs));
                if (random.chance(1, 20)) requests.push_back(requests.back());
            }
            const bool alone = random.chance(1, 3);
            const auto answers = alone ? std::vector{this->store().append(requests.front())}
                                       : this->store().append_group(requests);
            for (std::size_t i = 0; i < answers.size(); ++i) {
                if (!answers[i]) {
                    EXPECT_EQ(code_of(answers[i]), "conflict") << answers[i].error();
                } else if (!answers[i]->repeated) {
                    events += requests[i].events.size();
                }
            }
        }
        return events;
    }
};
TYPED_TEST_SUITE_P(GroupRaceContract);

TYPED_TEST_P(GroupRaceContract, every_event_stands_on_the_one_that_it_was_decided_on) {
    std::atomic<std::uint64_t> events = 0;
    run_together(fighters, [&](std::size_t fighter) { events += this->write(fighter + 1); });
    const auto history = history_of(this->store());
    expect_history(history);
    EXPECT_EQ(history.size(), events);
    std::map<std::string, std::string> last;
    for (const auto& event : history) {
        const auto before = last.emplace(event.stream, "none").first;
        ASSERT_EQ(event.data, before->second) << event.stream << " version " << event.version;
        before->second = event.id.to_string();
    }
}

REGISTER_TYPED_TEST_SUITE_P(GroupRaceContract,
                            every_event_stands_on_the_one_that_it_was_decided_on);

}  // namespace mainstem::testing::contract
