// The log against the memory store: the same random operations on both, with the same ids and the
// same clock, must be answered alike, also in their words. MAINSTEM_SEED replays one run.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/log/open.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/store/store.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/random_requests.hpp>
#include <mainstem/testing/contract/seeds.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem::testing::contract {
namespace {

/// Everything that a cursor yields, as values: the events, then the error if there is one.
struct Yield {
    std::vector<Event> events;
    std::string error;

    explicit Yield(EventCursor cursor) {
        for (const auto& element : cursor) {
            if (element) {
                events.push_back(element->to_owned());
            } else {
                error = element.error().message();
            }
        }
    }
};

class LogAgainstMemory : public ::testing::Test {
protected:
    struct Sizes {
        Bytes segment;
        Bytes memory = limits::memory_default;
    };
    void run(std::uint64_t seed, const Sizes& sizes, int operations) {
        begin(seed, sizes);
        for (int i = 0; i < operations && !HasFailure(); ++i) {
            SCOPED_TRACE(::testing::Message() << "operation " << i);
            one_operation();
        }
        if (HasFailure()) return;
        compare_whole();
        reopen();
        compare_whole();
        end();
    }

private:
    void begin(std::uint64_t seed, const Sizes& sizes) {
        requests_.emplace(seed);
        folder_.emplace();
        sizes_ = sizes;
        memory_.emplace(open_memory_store(clock_));
        reopen();
        // A log records no time before it was made; the clock does not go back so far again.
        clock_.advance(std::chrono::seconds{1});
    }

    void end() {
        log_.reset();
        memory_.reset();
        folder_.reset();
    }

    void reopen() {
        log_.reset();
        log_.emplace(open_log_store(folder_->path("log"), {.segment_size = sizes_.segment,
                                                           .memory = sizes_.memory,
                                                           .clock = &clock_})
                         .value());
    }

    void one_operation() {
        const auto kind = requests_->random().below(100);
        if (kind < 45) {
            append();
        } else if (kind < 60) {
            append_group();
        } else if (kind < 75) {
            read_stream();
        } else if (kind < 85) {
            read_all();
        } else if (kind < 90) {
            compare_streams();
        } else if (kind < 98) {
            const auto by = static_cast<std::int64_t>(requests_->random().below(4'000)) - 1'000;
            clock_.advance(std::chrono::microseconds{by});
        } else {
            reopen();
        }
    }

    void append() {
        const auto version_of = [&](const std::string& stream) {
            return memory_->stream_info(stream).value().version;
        };
        const auto request = requests_->next(version_of, memory_->head().value());
        const bool system = std::ranges::any_of(request.events, [](const StreamEvent& entry) {
            return entry.stream.view().starts_with('$');
        });
        const auto ask = [&](Store& store) {
            return system ? store.backend().append_system(request) : store.append(request);
        };
        compare(request, ask(*log_), ask(*memory_));
    }

    /// Half of them are decided too late: something else came before.
    void append_group() {
        const auto version_of = [&](const std::string& stream) {
            return memory_->stream_info(stream).value().version;
        };
        const auto group =
            requests_->group(version_of, memory_->head().value(), [](const auto&) {});
        if (requests_->random().chance(1, 2)) append();
        const auto log = log_->append_group(group);
        const auto memory = memory_->append_group(group);
        ASSERT_EQ(log.size(), group.size());
        ASSERT_EQ(memory.size(), group.size());
        for (std::size_t i = 0; i < group.size(); ++i) compare(group[i], log[i], memory[i]);
    }

    static void compare(const AppendRequest& request, const Result<Appended>& log,
                        const Result<Appended>& memory) {
        ASSERT_EQ(log.has_value(), memory.has_value())
            << (log ? memory.error() : log.error()).message();
        if (!log) {
            EXPECT_EQ(log.error().message(), memory.error().message());
            EXPECT_EQ(log.error().code_name(), memory.error().code_name());
            EXPECT_EQ(log.error().conflict().has_value(), memory.error().conflict().has_value());
            return;
        }
        EXPECT_EQ(log->first, memory->first);
        EXPECT_EQ(log->position, memory->position);
        EXPECT_EQ(log->versions, memory->versions);
        EXPECT_EQ(log->repeated, memory->repeated);
        if (request.durability == Durability::flushed) {
            EXPECT_EQ(log->durability, Durability::flushed);
        }
    }

    static void compare(const Yield& log, const Yield& memory) {
        EXPECT_EQ(log.error, memory.error);
        EXPECT_EQ(log.events, memory.events);
    }

    void read_stream() {
        const auto stream = requests_->stream();
        const auto info = memory_->stream_info(stream).value();
        EXPECT_EQ(log_->stream_info(stream).value(), info);
        const auto read = requests_->stream_read(info.version);
        compare(Yield{log_->read(stream, read)}, Yield{memory_->read(stream, read)});
    }

    void read_all() {
        const auto head = memory_->head().value();
        EXPECT_EQ(log_->head().value(), head);
        const auto read = requests_->position_read(head, clock_.now());
        compare(Yield{log_->read_all(read)}, Yield{memory_->read_all(read)});
    }

    void compare_streams() {
        auto& random = requests_->random();
        const auto prefix = requests_->stream().substr(0, random.below(4));
        const auto after = random.chance(1, 2) ? requests_->stream() : std::string{};
        const auto limit = random.chance(1, 2) ? 1'000 : random.below(6);
        EXPECT_EQ(log_->streams(prefix, after, limit).value(),
                  memory_->streams(prefix, after, limit).value())
            << "prefix " << prefix << ", after " << after << ", limit " << limit;
        const auto log = log_->stats().value();
        const auto memory = memory_->stats().value();
        EXPECT_EQ(log.events, memory.events);
        EXPECT_EQ(log.system_events, memory.system_events);
        EXPECT_EQ(log.streams, memory.streams);
        EXPECT_EQ(log.system_streams, memory.system_streams);
        EXPECT_EQ(log.head, memory.head);
    }

    void compare_whole() {
        const auto history = history_of(*memory_);
        expect_history(history);
        EXPECT_EQ(history_of(*log_), history);
        const auto streams = memory_->streams().value();
        EXPECT_EQ(log_->streams().value(), streams);
        for (const auto& info : streams) {
            compare(Yield{log_->read(info.stream)}, Yield{memory_->read(info.stream)});
        }
    }

    ManualClock clock_{Timestamp{std::chrono::sys_days{std::chrono::year{2024} / 5 / 17}}};
    std::optional<RandomRequests> requests_;
    std::optional<support::TemporaryFolder> folder_;
    Sizes sizes_;
    std::optional<Store> log_, memory_;
};

TEST_F(LogAgainstMemory, random_operations_in_one_segment) {
    for (const auto seed : seeds(6)) {
        if (HasFailure()) break;
        SCOPED_TRACE(::testing::Message() << "MAINSTEM_SEED=" << seed);
        run(seed, {.segment = limits::segment_default}, 400);
    }
}

TEST_F(LogAgainstMemory, random_operations_over_many_segments) {
    for (const auto seed : seeds(6)) {
        if (HasFailure()) break;
        SCOPED_TRACE(::testing::Message() << "MAINSTEM_SEED=" << seed);
        run(seed, {.segment = limits::segment_least}, 800);
    }
}

TEST_F(LogAgainstMemory, random_operations_with_few_cached_pages_or_none) {
    for (const auto seed : seeds(6)) {
        if (HasFailure()) break;
        SCOPED_TRACE(::testing::Message() << "MAINSTEM_SEED=" << seed);
        run(seed, {.segment = limits::segment_least, .memory = 32_KiB}, 800);
        run(seed, {.segment = limits::segment_default, .memory = 32_KiB}, 400);
        run(seed, {.segment = limits::segment_default, .memory = {0}}, 400);
    }
}

}  // namespace
}  // namespace mainstem::testing::contract
