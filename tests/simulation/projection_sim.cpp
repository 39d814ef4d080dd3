// Random events, a random batch size, faults of store and model at every step, runners that end and
// begin again, also two at once. In the end documents and their versions are those of a fold from
// the start by other code, byte for byte: no event is missing, none is counted twice.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/core/random.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/projection/runner.hpp>
#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/testing/faulty_model.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/seeds.hpp"

namespace mainstem::support {
namespace {

using namespace std::chrono_literals;
using testing::CallKind;
using testing::FaultyModel;
using testing::FaultyStore;
using testing::ModelCall;

constexpr std::uint64_t shards = 2;
constexpr std::uint64_t usual_seeds = 400;
constexpr auto deadline = 60s;

struct Added {
    static constexpr auto event_type = "Added";
    std::string key;
    int number = 0;
};
struct Removed {
    static constexpr auto event_type = "Removed";
    std::string key;
};
struct Sum {
    static constexpr auto collection = "sums";
    int events = 0;
    int sum = 0;
};
/// Numbers that end in 7 cannot be applied.
struct Sums {
    static constexpr auto projection = "sums";
    static constexpr auto partition_by = PartitionBy::stream;
    using Event = std::variant<Added, Removed>;
    using Documents = mainstem::Documents<Sum>;

    static Result<void> apply(const Added& added, Documents& documents) {
        auto& sum = documents[added.key];
        ++sum.events;
        sum.sum += added.number;
        if (added.number % 10 == 7) return Error{ProjectionError::failed, "a bad number"};
        return {};
    }
    static void apply(const Removed& removed, Documents& documents) {
        documents.remove(removed.key);
    }
};

/// One seed.
class ProjectionSimulation {
public:
    explicit ProjectionSimulation(std::uint64_t seed) : random_(seed) {
        model_ = std::make_shared<FaultyModel>(open_memory_model(), model_faults(seed));
        store_ = std::make_shared<FaultyStore>(inner_, store_faults(seed));
    }

    void run() {
        for (std::uint64_t step = 5 + random_.below(20); step > 0; --step) take_step();
        model_->heal();
        runners_.clear();
        // Whoever was told to pause may have left it so.
        if (model_->projection("sums")) model_->wish("sums", ProjectionWish::run).value();
        const auto last =
            ProjectionRunner::start(inner_, ReadModel{model_}, Sums{}, options(OnFailure::skip));
        ASSERT_TRUE(last) << last.error();
        const auto reached = last->wait_until(inner_.head().value(), deadline);
        ASSERT_TRUE(reached) << reached.error();
        judge();
    }

private:
    testing::FaultyModelOptions model_faults(std::uint64_t seed) {
        testing::FaultyModelOptions options{.seed = seed};
        const auto percent = static_cast<unsigned>(random_.below(30));
        options.faults = {{.call = ModelCall::commit, .percent = percent},
                          {.call = ModelCall::commit, .percent = percent, .stored = true},
                          {.call = ModelCall::get, .percent = percent},
                          {.call = ModelCall::lead, .percent = percent},
                          {.call = ModelCall::build, .percent = percent, .stored = true},
                          {.call = ModelCall::declare, .percent = percent / 2},
                          {.call = ModelCall::look, .percent = percent}};
        return options;
    }
    testing::FaultyOptions store_faults(std::uint64_t seed) {
        testing::FaultyOptions options{.seed = seed};
        const auto percent = static_cast<unsigned>(random_.below(30));
        options.faults = {{.call = CallKind::read,
                           .percent = percent,
                           .error = StoreError::io,
                           .after_events = random_.below(5)},
                          {.call = CallKind::lookup, .percent = percent, .error = StoreError::io}};
        return options;
    }

    RunnerOptions options(OnFailure then) {
        RunnerOptions options;
        options.on_failure = {.retries = static_cast<std::uint32_t>(random_.below(2)),
                              .first = 0ms,
                              .longest = 0ms,
                              .then = then};
        options.batch_events = 1 + random_.below(20);
        options.gather = 0ms;
        options.documents = random_.below(6);
        options.look_again = 0ms;
        options.partitions = 1 + random_.below(2);
        return options;
    }

    void take_step() {
        switch (random_.below(9)) {
            case 0:
            case 1:
            case 2: return append();
            case 3: return begin_runner();
            case 4:
                if (!runners_.empty()) runners_.erase(runners_.begin());
                return;
            default:
                if (!runners_.empty()) ask(runners_.back());
        }
    }

    /// What a fault refuses is asked for again by nobody.
    void ask(ProjectionRunner& runner) {
        switch (random_.below(4)) {
            case 0: return static_cast<void>(runner.rebuild("sums"));
            case 1: return static_cast<void>(runner.pause("sums"));
            case 2: return static_cast<void>(runner.resume("sums"));
            default: return static_cast<void>(runner.replay_dead_letters("sums"));
        }
    }

    void append() {
        for (std::uint64_t i = random_.below(30); i > 0; --i) {
            const auto key = fmt::format("k{}", random_.below(8));
            std::optional<int> number;
            if (random_.chance(5, 6)) number = static_cast<int>(random_.below(100));
            if (number) {
                inner_.append(key, Added{key, *number}).value();
            } else {
                inner_.append(key, Removed{key}).value();
            }
            events_.push_back({inner_.head().value(), key, number});
        }
    }

    void begin_runner() {
        if (runners_.size() == 2) runners_.erase(runners_.begin());
        const auto then = random_.chance(1, 4) ? OnFailure::stop : OnFailure::skip;
        auto runner =
            ProjectionRunner::start(Store{store_}, ReadModel{model_}, Sums{}, options(then));
        if (runner) runners_.push_back(*std::move(runner));
    }

    /// Each document as JSON with its version, and the events that are dead letters.
    void judge() {
        struct Expected {
            int events = 0;
            int sum = 0;
            Position version = {};
        };
        std::map<std::string, Expected> sums;
        std::vector<Position> bad;
        for (const auto& event : events_) {
            if (!event.number) {
                sums.erase(event.key);
            } else if (*event.number % 10 == 7) {
                bad.push_back(event.position);
            } else {
                auto& sum = sums[event.key];
                ++sum.events;
                sum.sum += *event.number;
                sum.version = event.position;
            }
        }
        std::vector<std::string> expected;
        for (const auto& [key, sum] : sums) {
            expected.push_back(fmt::format("{} {} {{\"events\":{},\"sum\":{}}}", key,
                                           sum.version.value, sum.events, sum.sum));
        }
        std::vector<std::string> stored;
        for (const auto& document : model_->find({.collection = "sums"}).value().documents) {
            stored.push_back(
                fmt::format("{} {} {}", document.id, document.version.value, document.json));
        }
        EXPECT_EQ(stored, expected);
        std::vector<Position> letters;
        for (const auto& letter : model_->dead_letters("sums", {}, 1'000).value()) {
            letters.push_back(letter.position);
        }
        EXPECT_EQ(letters, bad);
    }

    struct Appended {
        Position position;
        std::string key;
        std::optional<int> number;  ///< none: removed
    };

    Random random_;
    std::vector<Appended> events_;
    Store inner_{open_memory_store(Clock::system())};
    std::shared_ptr<FaultyStore> store_;
    std::shared_ptr<FaultyModel> model_;
    std::vector<ProjectionRunner> runners_;
};

class ProjectionSim : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ProjectionSim, documents_are_the_fold_from_the_start_whatever_failed) {
    const auto seeds = seeds_of_shard(GetParam(), shards, usual_seeds);
    for (auto seed = seeds.first; seed <= seeds.last; ++seed) {
        SCOPED_TRACE(fmt::format("MAINSTEM_SEED={}", seed));
        ProjectionSimulation{seed}.run();
        if (HasFailure()) return;
    }
}
INSTANTIATE_TEST_SUITE_P(Shards, ProjectionSim, ::testing::Range(std::uint64_t{0}, shards));

}  // namespace
}  // namespace mainstem::support
