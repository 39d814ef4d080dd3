// A real process that projects is killed at a random moment, over and over: what it leaves must be
// what the events up to its position make of it, byte for byte, whoever goes on. The page cache
// survives such an end, so this shows that documents and position change together, not flushing.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <mainstem/core/random.hpp>
#include <mainstem/log/open.hpp>
#include <mainstem/mainstem.hpp>
#include <mainstem/projection/runner.hpp>
#include <mainstem/projection/verify.hpp>

#include "support/seeds.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint64_t usual_cycles = 10;
constexpr std::uint64_t events = 30'000;
constexpr std::uint64_t events_each_cycle = 6'000;
constexpr std::uint64_t accounts = 300;

struct Paid {
    static constexpr auto event_type = "Paid";
    std::uint64_t account = 0;
    std::int64_t amount = 0;
};
struct Account {
    static constexpr auto collection = "accounts";
    static std::vector<Index> indexes() { return {{.name = "by_sum", .fields = {"sum"}}}; }
    std::int64_t sum = 0;
    std::uint64_t payments = 0;
    std::int64_t last = 0;
};
struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = Paid;
    using Documents = mainstem::Documents<Account>;

    static void apply(const Paid& event, Documents& documents) {
        auto& account = documents[std::to_string(event.account)];
        account.sum += event.amount;
        ++account.payments;
        account.last = event.amount;
    }
};

/// Another version of its code, which makes the same documents in partitions.
Projection next_version() {
    auto projection = projection_of(Accounts{});
    projection.declaration.version = 2;
    projection.partition_by = PartitionBy::stream;
    return projection;
}

class ProjectionKill : public testing::Test {
protected:
    [[nodiscard]] std::string log() const { return folder_.path() + "/log"; }
    [[nodiscard]] std::string model() const { return folder_.path() + "/model.sqlite"; }

    void append(std::uint64_t count, Random& random) const {
        auto store = Store::open(log()).value();
        for (std::uint64_t i = 0; i < count;) {
            AppendRequest request;
            for (int each = 0; each < 500; ++each, ++i) {
                const Paid paid{random.below(accounts),
                                static_cast<std::int64_t>(random.below(90))};
                request.events.push_back({"payments", encode(paid).value()});
            }
            request.durability = Durability::buffered;
            store.append(request).value();
        }
    }

    /// A process that projects until it is killed. Only one thread may run here meanwhile. If there
    /// is a pipe, a byte in it tells that the process stands by.
    [[nodiscard]] pid_t begin_child(const Projection& projection = projection_of(Accounts{}),
                                    int stands_by = -1) const {
        const auto process = ::fork();
        if (process == 0) child(projection, stands_by);
        return process;
    }
    [[noreturn]] void child(const Projection& projection, int stands_by) const {
        const auto store = Store::open(log(), {.mode = OpenMode::read_only}).value();
        const auto read_model = ReadModel::open(model()).value();
        auto runner = ProjectionRunner::start(store, read_model, std::vector{projection},
                                              {.batch_events = 200, .partitions = 2})
                          .value();
        if (stands_by >= 0 &&
            (runner.replay_dead_letters("accounts").error() != ProjectionError::leads ||
             ::write(stands_by, "!", 1) != 1)) {
            std::abort();
        }
        while (true) ::pause();
    }

    void wait_until(Position position, pid_t process) const {
        wait_for(process, [&](const ProjectionRecord& record) {
            return record.serving && record.position >= position;
        });
    }
    /// Until there is a build like that.
    void wait_for(pid_t process, const std::function<bool(const ProjectionRecord&)>& wanted) const {
        const auto read_model = ReadModel::open(model()).value();
        while (true) {
            // Until the child declares its projection there is none.
            const auto builds = read_model.projections();
            if (builds && std::ranges::any_of(*builds, wanted)) return;
            ASSERT_EQ(::waitpid(process, nullptr, WNOHANG), 0) << "the child ended by itself";
            ::sched_yield();
        }
    }
    [[nodiscard]] std::vector<ProjectionRecord> builds() const {
        return ReadModel::open(model()).value().projections().value();
    }
    static void end(pid_t process) {
        ::kill(process, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(process, &status, 0), process);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }

    /// Compares what is stored with what the events make of it. Answers up to where.
    [[nodiscard]] Position verify(const Projection& projection = projection_of(Accounts{})) const {
        const auto store = Store::open(log(), {.mode = OpenMode::read_only}).value();
        const auto read_model = ReadModel::open(model()).value();
        const auto scratch = ReadModel::open("memory:").value();
        const auto verified = verify_projection(store, read_model, projection, scratch);
        EXPECT_TRUE(verified) << verified.error();
        EXPECT_EQ(verified->different, 0U);
        return verified->position;
    }

    TemporaryFolder folder_;
};

TEST_F(ProjectionKill, leaves_what_the_events_make_of_it) {
    const auto seed = environment_number("MAINSTEM_SEED").value_or(Random::from_system()());
    SCOPED_TRACE("MAINSTEM_SEED=" + std::to_string(seed));
    Random random{seed};
    append(events, random);
    const auto cycles = environment_number("MAINSTEM_KILL_CYCLES").value_or(2 * usual_cycles);
    Position at;
    for (std::uint64_t cycle = 0; cycle < std::max<std::uint64_t>(cycles / 2, 1); ++cycle) {
        SCOPED_TRACE("cycle " + std::to_string(cycle));
        at.value = std::min(at.value + 1 + random.below(events_each_cycle), events);
        const auto process = begin_child();
        ASSERT_GT(process, 0);
        wait_until(at, process);
        if (HasFatalFailure()) return;
        end(process);
        const auto verified = verify();
        EXPECT_GE(verified, at);
        if (HasFailure()) return;
        at = verified;
        if (at.value < events) continue;
        // From the start again, in a new model.
        std::filesystem::remove(model());
        std::filesystem::remove(model() + "-wal");
        std::filesystem::remove(model() + "-shm");
        at = {};
    }
}

TEST_F(ProjectionKill, a_build_goes_on_where_it_was_while_the_old_one_serves) {
    Random random{11};
    append(events, random);
    auto process = begin_child();
    ASSERT_GT(process, 0);
    wait_until({events}, process);
    if (HasFatalFailure()) return;
    end(process);
    std::uint64_t generation = 0;
    Position at;
    for (int kill = 0; kill < 3; ++kill) {
        at.value += 1 + random.below(events / 6);
        process = begin_child(next_version());
        ASSERT_GT(process, 0);
        wait_for(process, [&](const ProjectionRecord& record) {
            return record.declaration.version == 2 && record.position >= at;
        });
        if (HasFatalFailure()) return;
        end(process);
        const auto now = builds();
        if (now.size() == 1) break;  // it was done before the signal came
        ASSERT_EQ(now.size(), 2U);
        EXPECT_TRUE(now[0].serving);
        EXPECT_FALSE(now[1].serving);
        EXPECT_GE(now[1].position, at);
        EXPECT_TRUE(generation == 0 || generation == now[1].generation) << "it began anew";
        generation = now[1].generation;
        EXPECT_EQ(verify(), Position{events});
        at = now[1].position;
    }
    process = begin_child(next_version());
    ASSERT_GT(process, 0);
    wait_for(process, [](const ProjectionRecord& record) {
        return record.serving && record.declaration.version == 2;
    });
    if (HasFatalFailure()) return;
    end(process);
    ASSERT_EQ(builds().size(), 1U);
    EXPECT_EQ(builds().front().generation, generation);
    EXPECT_EQ(verify(next_version()), Position{events});
}

TEST_F(ProjectionKill, lets_another_process_take_over) {
    Random random{7};
    append(1'000, random);
    const auto first = begin_child();
    ASSERT_GT(first, 0);
    wait_until({1'000}, first);
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const auto second = begin_child(projection_of(Accounts{}), pipe[1]);
    ASSERT_GT(second, 0);
    ::close(pipe[1]);
    char told = 0;
    ASSERT_EQ(::read(pipe[0], &told, 1), 1) << "the second process did not find another leader";
    ::close(pipe[0]);
    end(first);
    append(1'000, random);
    wait_until({2'000}, second);
    end(second);
    EXPECT_EQ(verify(), Position{2'000});
}

}  // namespace
}  // namespace mainstem::support
