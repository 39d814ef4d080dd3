// What the application's functions throw is an answer, on every way that a command can take, and
// harms no other command.
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

enum class Where : std::uint8_t { nowhere, streams, handle, apply };

struct Counted {
    static constexpr auto event_type = "Counted";
    bool poison;
};
struct Total {
    int events = 0;
    void apply(const Counted& e) {
        if (e.poison) throw std::runtime_error{"poisoned\nstate"};
        ++events;
    }
};
enum class Refused : std::uint8_t { never };

struct Count {
    std::string stream;
    Where throws = Where::nowhere;
    int* seen = nullptr;

    Streams streams() const {
        if (throws == Where::streams) throw std::runtime_error{"no streams"};
        return {stream};
    }
    Decision<Counted, Refused> handle(const Total& total) const {
        if (throws == Where::handle) throw 7;
        if (seen) *seen = total.events;
        return {{stream, Counted{throws == Where::apply}}};
    }
};

class ThrowingTest : public ::testing::Test {
protected:
    Store store_ = Store::open("memory:").value();
    Executor executor_{store_};

    std::uint64_t events() const { return store_.head()->value; }
};

TEST_F(ThrowingTest, is_an_error_with_its_text) {
    const auto in_streams = executor_.execute(Count{"a", Where::streams});
    ASSERT_EQ(in_streams.error(), ExecutionError::threw);
    EXPECT_EQ(in_streams.error().error().message(),
              "the command or its state threw: no streams; nothing was written");
    const auto in_handle = executor_.execute(Count{"a", Where::handle});
    ASSERT_EQ(in_handle.error(), ExecutionError::threw);
    EXPECT_EQ(in_handle.error().error().message(),
              "the command or its state threw: something that is no std::exception; nothing was "
              "written");
    EXPECT_EQ(events(), 0U);
    EXPECT_TRUE(executor_.execute(Count{"a"}));
}

TEST_F(ThrowingTest, in_apply_of_what_is_stored_leaves_it_accepted_and_fails_who_reads_it) {
    ASSERT_TRUE(executor_.execute(Count{"a"}));
    EXPECT_TRUE(executor_.execute(Count{"a", Where::apply}));
    EXPECT_EQ(events(), 2U);
    EXPECT_EQ(executor_.stats().cached_states, 0U);
    const auto after = executor_.execute(Count{"a"});
    ASSERT_EQ(after.error(), ExecutionError::threw);
    EXPECT_EQ(after.error().error().message(),
              "the command or its state threw: poisoned state; nothing was written");
    EXPECT_EQ(events(), 2U);
}

TEST_F(ThrowingTest, is_an_answer_to_an_asynchronous_command) {
    for (const auto where : {Where::streams, Where::handle}) {
        std::binary_semaphore done{0};
        std::optional<CommandResult<Count>> answer;
        executor_.async_execute(Count{"a", where}, [&](CommandResult<Count> given) {
            answer = std::move(given);
            done.release();
        });
        done.acquire();
        EXPECT_EQ(answer->error(), ExecutionError::threw);
    }
}

TEST_F(ThrowingTest, holds_up_no_other_command_of_a_parallel_executor) {
    ParallelExecutor parallel{executor_};
    const auto answers = parallel.execute_all(
        std::vector<Count>{{"a"}, {"a", Where::handle}, {"b", Where::streams}, {"a"}, {"b"}});
    EXPECT_TRUE(answers[0]);
    EXPECT_EQ(answers[1].error(), ExecutionError::threw);
    EXPECT_EQ(answers[2].error(), ExecutionError::threw);
    EXPECT_TRUE(answers[3]);
    EXPECT_TRUE(answers[4]);
    EXPECT_EQ(parallel.execute(Count{"a", Where::streams}).error(), ExecutionError::threw);
    EXPECT_EQ(parallel.execute(Count{"a", Where::handle}).error(), ExecutionError::threw);
    EXPECT_TRUE(parallel.execute(Count{"a"}));
    parallel.wait_idle();
}

TEST_F(ThrowingTest, fails_no_other_command_of_a_batch) {
    CommandBatcher batcher{executor_, {.items = 1000, .delay = std::chrono::hours{1}}};
    std::vector<std::string> answers;
    int seen = -1;
    for (const auto& command : std::vector<Count>{{"a"},
                                                  {"a", Where::handle},
                                                  {"a", Where::streams},
                                                  {"a"},
                                                  {"b", Where::apply},
                                                  {"b"},
                                                  {"a", Where::nowhere, &seen}}) {
        batcher.submit(command, [&](const CommandResult<Count>& answer) {
            answers.push_back(answer ? "accepted" : answer.error().error().message().substr(0, 38));
        });
    }
    batcher.flush();
    EXPECT_EQ(seen, 2);
    EXPECT_EQ(answers, (std::vector<std::string>{
                           "accepted", "the command or its state threw: someth",
                           "the command or its state threw: no str", "accepted", "accepted",
                           "the command or its state threw: poison", "accepted"}));
    EXPECT_EQ(events(), 4U);
    EXPECT_TRUE(executor_.execute(Count{"a"}));
}

/// A state that can be folded, but neither measured nor kept.
struct Fragile {
    static constexpr auto state_type = "fragile";
    int events = 0;

    void apply(const Counted&) { ++events; }
    std::size_t bytes() const { throw std::runtime_error{"cannot be measured"}; }
};
struct CountFragile {
    std::string stream;

    Streams streams() const { return {stream}; }
    Decision<Counted, Refused> handle(const Fragile&) const { return {{stream, Counted{false}}}; }
};

}  // namespace

template <>
struct Codec<Fragile> {
    static Result<void> encode(const Fragile&, std::string& out) {
        out = "not a number";
        return {};
    }
    static Result<void> decode(std::string_view text, Fragile& state) {
        state.events = std::stoi(std::string{text});
        return {};
    }
};

namespace {

TEST_F(ThrowingTest, in_measuring_a_state_fails_no_command_that_is_stored) {
    EXPECT_TRUE(executor_.execute(CountFragile{"a"}));
    EXPECT_TRUE(CommandBatcher{executor_}.execute(CountFragile{"a"}));
    EXPECT_EQ(executor_.stats().cached_states, 0U);
    EXPECT_EQ(events(), 2U);
}

TEST_F(ThrowingTest, in_a_snapshots_codec_is_no_snapshot) {
    const support::TemporaryFolder folder;
    const ExecutorOptions options{.snapshots = SnapshotOptions{folder.path("snapshots"), 1}};
    EXPECT_TRUE(Executor(store_, options).execute(CountFragile{"a"}));
    Executor restarted{store_, options};
    EXPECT_TRUE(restarted.execute(CountFragile{"a"}));
    EXPECT_EQ(restarted.stats().folded_events, 1U);
}

}  // namespace
}  // namespace mainstem
