// Names that many threads claim under append conditions, in a store of many small segments whose
// process ends again and again: a name has one owner, and every way of looking for it finds that
// one. What the indexer does in the background (indexes, joined filters, repairs) goes on
// meanwhile.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/core/random.hpp>

#include "log/log_store.hpp"
#include "support/history.hpp"
#include "support/seeds.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint64_t shards = 2;
constexpr std::uint64_t usual_seeds = 200;
/// A seed takes as long as so many of other simulations.
constexpr std::uint64_t seeds_for_a_store = 100;

class ClaimedNames {
public:
    explicit ClaimedNames(std::uint64_t seed) : seed_(seed), random_(seed), disk_(~seed) {}

    std::string live() {
        for (life_ = 0; life_ < lives; ++life_) {
            open();
            {
                std::vector<std::jthread> threads;
                for (std::uint64_t i = 0; i < 4; ++i) {
                    threads.emplace_back([this, i] { claim(i); });
                }
            }
            if (life_ + 1 < lives) end();
        }
        look_for_all();
        store_.reset();
        return violations_.text();
    }

private:
    static constexpr std::uint64_t lives = 16;
    static constexpr std::uint64_t claims = 40;  ///< of a thread in a life
    static constexpr std::uint64_t names = 2'500;

    void open() {
        log::LogConfig config;
        config.segment_size = limits::segment_least;
        config.memory = Bytes{random_.below(2) << 20};
        config.disk = &disk_;
        config.clock = &clock_;
        config.seed = seed_ * lives + life_ + 1;
        store_ = log::LogStore::open("/store", config).value();
    }

    static Tag tag_of(std::uint64_t name) { return Tag{fmt::format("name:{}", name)}; }
    static std::string stream_of(std::uint64_t name) { return fmt::format("owner-of-{}", name); }

    void claim(std::uint64_t thread) {
        Random random{(seed_ * lives + life_) * 10 + thread};
        for (std::uint64_t i = 0; i < claims; ++i) {
            const std::uint64_t name = random.below(names);
            // A few of these fill a segment.
            NewEvent event{.type = "Claimed", .data = std::string(random.below(15'000), 'c')};
            event.tags.emplace_back(tag_of(name));
            AppendRequest request;
            request.events.push_back({stream_of(name), std::move(event)});
            request.unless.exists = EventQuery{QueryItem{.tags = {tag_of(name)}}};
            if (random.chance(1, 4)) request.durability = Durability::buffered;
            const auto answer = store_->append(request);
            const bool refused = !answer && answer.error() == StoreError::conflict;
            if (!answer && !refused) tell(answer.error().message());
            // Whoever was refused finds the owner; a buffered one is only seen in this process.
            if (refused && found_by_stream(name) == 0) tell("a name was refused that nobody has");
            if (refused && found_by_tag(name) == 0) tell("a name was refused that no query finds");
            if (random.chance(1, 5)) {
                const std::uint64_t other = random.below(names);
                if (found_by_tag(other) > 1) tell("a name has two owners");
            }
        }
    }

    std::uint64_t found_by_stream(std::uint64_t name) {
        const auto info = store_->stream_info(stream_of(name));
        return info ? info->version.value : 99;
    }
    std::uint64_t found_by_tag(std::uint64_t name) {
        std::uint64_t found = 0;
        for (const auto& event : store_->read_all({.query = QueryItem{.tags = {tag_of(name)}}})) {
            if (!event) return 99;
            ++found;
        }
        return found;
    }

    void look_for_all() {
        std::map<std::string, std::uint64_t> owners;
        for (const auto& event : store_->read_all({})) {
            if (event) {
                ++owners[std::string{event->stream}];
            } else {
                tell(event.error().message());
            }
        }
        for (std::uint64_t name = 0; name < names; ++name) {
            const std::uint64_t expected = owners[stream_of(name)];
            if (expected > 1) tell("a name has two owners");
            if (found_by_stream(name) != expected) tell("a stream does not tell of an owner");
            if (found_by_tag(name) != expected) tell("a query does not find an owner");
        }
    }

    void end() {
        if (random_.chance(1, 3)) return store_.reset();
        disk_.crash_now();
        store_.reset();
        random_.chance(1, 2) ? disk_.power_cut() : disk_.kill();
    }

    void tell(const std::string& what) {
        const std::lock_guard lock{mutex_};
        violations_.add(fmt::format("life {}: {}", life_, what));
    }

    std::uint64_t seed_;
    Random random_;
    SimulatedDisk disk_;
    ManualClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    std::uint64_t life_ = 0;
    std::mutex mutex_;
    Violations violations_;
    std::shared_ptr<log::LogStore> store_;
};

class LogClaims : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(LogClaims, give_each_name_one_owner_that_is_found) {
    const SeedRange seeds = seeds_of_shard(GetParam(), shards, usual_seeds);
    for (std::uint64_t seed = seeds.first; seed <= seeds.last; seed += seeds_for_a_store) {
        const std::string report = ClaimedNames(seed).live();
        ASSERT_TRUE(report.empty()) << "MAINSTEM_SEED=" << seed << ":\n" << report;
    }
}

INSTANTIATE_TEST_SUITE_P(Shard, LogClaims, ::testing::Range(std::uint64_t{0}, shards));

}  // namespace
}  // namespace mainstem::support
