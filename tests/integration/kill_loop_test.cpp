// A real process that appends from several threads is killed at a random moment, over and over:
// what it had acknowledged must be there, whole, once each, at the answered positions. The page
// cache survives such an end, so this shows recovery, not flushing: that is the simulations' part.
//
// Child and parent make requests from the same numbers, so that a short message names one.
#include <csignal>
#include <sys/wait.h>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <mainstem/core/random.hpp>
#include <mainstem/log/open.hpp>

#include "support/history.hpp"
#include "support/seeds.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint32_t threads = 4;
constexpr std::uint64_t usual_cycles = 20;
constexpr std::uint64_t most_answers = 150;

struct RequestName {
    std::uint64_t seed = 0;
    std::uint64_t thread = 0;
    std::uint64_t sequence = 0;
    std::uint64_t expected = 0;  ///< version of the stream that the threads fight for
};

enum class Outcome : std::uint8_t { submitted, appended, conflict, failed };

/// What the child tells; written whole, since it is shorter than PIPE_BUF.
struct Message {
    RequestName name;
    Outcome outcome = Outcome::submitted;
    Position first = {};
    Position last = {};
    Version versions[2] = {};
    Version actual = {};
};

/// Some go to a stream that all threads write, at the version that was seen last.
AppendRequest make_request(const RequestName& name) {
    Random random(name.seed * 1'000'003 + name.thread * 100'000'007 + name.sequence);
    AppendRequest request;
    const auto add = [&](const std::string& stream) {
        NewEvent event{.type = "T", .data = std::string(random.below(700), 'd'), .id = {}};
        for (auto& byte : event.id.bytes) byte = static_cast<std::uint8_t>(random());
        request.events.push_back({stream, std::move(event)});
    };
    add("own-" + std::to_string(name.thread));
    if (name.sequence % 2 == 0) {
        add("shared");
        add("shared");
        request.expect = {{"shared", Version{name.expected}}};
    }
    if (random.chance(1, 4)) request.durability = Durability::buffered;
    return request;
}

Message describe(const RequestName& name, const Result<Appended>& answer) {
    Message message{.name = name, .outcome = Outcome::failed};
    if (answer.has_value()) {
        message.outcome = Outcome::appended;
        message.first = answer->first;
        message.last = answer->position;
        for (std::size_t stream = 0; stream < answer->versions.size(); ++stream) {
            message.versions[stream] = answer->versions[stream].version;
        }
    } else if (const auto& conflict = answer.error().conflict()) {
        message.outcome = Outcome::conflict;
        message.actual = conflict->actual;
        message.last = conflict->position;
    }
    return message;
}

Result<Appended> answer_of(const Message& message, const AppendRequest& request) {
    if (message.outcome == Outcome::conflict) {
        return Error{
            StoreError::conflict, "conflict",
            Conflict{"shared", Version{message.name.expected}, message.actual, message.last}};
    }
    Appended answer;
    answer.first = message.first;
    answer.position = message.last;
    answer.versions.push_back({request.events.front().stream, message.versions[0]});
    if (request.events.size() > 1) answer.versions.push_back({"shared", message.versions[1]});
    answer.durability = request.durability;
    return answer;
}

class Child {
public:
    Child(int pipe, std::uint64_t seed, std::shared_ptr<EventStore> store)
        : pipe_(pipe), seed_(seed), store_(std::move(store)) {}

    /// Appends until the process is killed.
    void work() {
        std::vector<std::jthread> workers;
        for (std::uint64_t thread = 0; thread < threads; ++thread) {
            workers.emplace_back([this, thread] { append_for_ever(thread); });
        }
    }

private:
    void append_for_ever(std::uint64_t thread) {
        for (std::uint64_t sequence = 0;; ++sequence) {
            const auto info = store_->stream_info("shared");
            const RequestName name{.seed = seed_,
                                   .thread = thread,
                                   .sequence = sequence,
                                   .expected = info ? info->version.value : 0};
            tell({.name = name});
            tell(describe(name, store_->append(make_request(name))));
        }
    }

    void tell(const Message& message) const {
        if (::write(pipe_, &message, sizeof message) != sizeof message) ::_exit(1);
    }

    int pipe_;
    std::uint64_t seed_;
    std::shared_ptr<EventStore> store_;
};

Result<std::shared_ptr<EventStore>> open_small(const std::string& directory) {
    return open_log_store(directory, {.segment_size = limits::segment_least});
}

/// Never returns.
[[noreturn]] void be_child(int pipe, std::uint64_t seed, const std::string& directory) {
    auto store = open_small(directory);
    if (store) Child(pipe, seed, std::move(*store)).work();
    ::_exit(1);
}

class KillLoop : public ::testing::Test {
protected:
    /// Starts a child, kills it after `answers` answers, and tells the history what it said.
    void run_child(std::uint64_t seed, std::uint64_t answers) {
        int ends[2] = {};
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            be_child(ends[1], seed, folder_.path("log"));
        }
        ::close(ends[1]);
        listen(ends[0], child, answers);
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    }

    /// What is in the pipe when the child dies was said before it died, and counts.
    void listen(int pipe, pid_t child, std::uint64_t answers) {
        std::map<std::pair<std::uint64_t, std::uint64_t>, History::Ticket> tickets;
        Message message;
        while (::read(pipe, &message, sizeof message) == sizeof message) {
            const AppendRequest request = make_request(message.name);
            const std::pair key{message.name.thread, message.name.sequence};
            if (message.outcome == Outcome::submitted) {
                tickets[key] = history_.submit(request);
                continue;
            }
            EXPECT_NE(message.outcome, Outcome::failed);
            history_.answer(tickets.at(key), answer_of(message, request));
            if (--answers == 0) ::kill(child, SIGKILL);
        }
    }

    void check() {
        auto store = open_small(folder_.path("log"));
        ASSERT_TRUE(store) << store.error();
        const Observation observation = observe(**store, limits::page_events_most);
        ASSERT_FALSE(observation.error) << *observation.error;
        history_.check_reopened(observation);
        ASSERT_TRUE(history_.violations().empty()) << history_.violations().text();
    }

    TemporaryFolder folder_;
    History history_;
};

TEST_F(KillLoop, everything_acknowledged_is_there_after_each_kill) {
    const std::uint64_t cycles = environment_number("MAINSTEM_KILL_CYCLES").value_or(usual_cycles);
    const std::uint64_t seed =
        environment_number("MAINSTEM_SEED").value_or(Random::from_system()());
    Random random(seed);
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        SCOPED_TRACE("cycle " + std::to_string(cycle) + ", MAINSTEM_SEED=" + std::to_string(seed));
        run_child(random(), 1 + random.below(most_answers));
        check();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace mainstem::support
