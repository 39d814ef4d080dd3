// An index file that is written while the disk fails, fills up or stops: at every operation in
// turn, at a roll-over and when it is made anew. Appends and answers are as if nothing had been,
// and the next opening has the files that ought to be there.
#include <array>

#include "unit/log/sealed_segments.hpp"

namespace mainstem::log {
namespace {

using support::CrashPoint;
using support::Fault;

constexpr std::array<Operation, 7> kinds{Operation::open,   Operation::read,  Operation::size,
                                         Operation::create, Operation::write, Operation::rename,
                                         Operation::remove};
constexpr std::array<DiskError, 2> errors{DiskError::failed, DiskError::no_space};
constexpr std::array<CrashPoint, 3> crash_points{CrashPoint::before, CrashPoint::within,
                                                 CrashPoint::after};

class IndexFaults : public SealedSegments {
protected:
    /// As it was, without index files, and with the events of `events` alone.
    void start_over() {
        store.reset();
        disk.kill();
        restore();
        erase_indexes();
        notices.clear();
        open_writer();
    }
    /// Calls `act` with each fault in turn: every kind of operation, the n-th of it for all n that
    /// there are, once and from then on.
    template <class Act>
    void with_every_fault(std::string_view suffix, Act act) {
        for (const Operation kind : kinds) {
            for (const DiskError error : errors) {
                for (const std::uint64_t times : {std::uint64_t{1}, support::for_ever}) {
                    SCOPED_TRACE(fmt::format("{}: {}, {}", name(kind), name(error), times));
                    for (std::uint64_t nth = 1; act(Fault{.kind = kind,
                                                          .at = nth,
                                                          .times = times,
                                                          .error = error,
                                                          .suffix = std::string{suffix}});
                         ++nth) {
                        if (HasFailure()) return;
                        ++faults_;
                    }
                }
            }
        }
    }
    /// Calls `act` until there is no such change any more; a crash stops everything in it.
    template <class Act>
    void with_every_crash(Act act) {
        for (const CrashPoint where : crash_points) {
            bool crashed = true;
            for (std::uint64_t change = 1; crashed && !HasFailure(); ++change) {
                for (const bool power_cut : {false, true}) {
                    SCOPED_TRACE(fmt::format("change {}, {}, {}", change, static_cast<int>(where),
                                             power_cut ? "power cut" : "killed"));
                    start_over();
                    disk.crash_at(change, where);
                    act();
                    crashed = disk.crashed();
                    disk.crash_now();
                    store.reset();
                    power_cut ? disk.power_cut() : disk.kill();
                    expect_whole_after_opening(!power_cut);
                    faults_ += crashed ? 1 : 0;
                }
            }
        }
    }
    /// The next process. After a power cut a file may be damaged behind a header that is whole,
    /// which only who reads it can tell.
    void expect_whole_after_opening(bool by_headers) {
        notices.clear();
        open_writer();
        store->run_background();
        expect_model();
        const auto image = disk.image();
        for (const std::string& index : indexes) {
            ASSERT_TRUE(image.contains(index)) << index;
            EXPECT_TRUE(!by_headers || image.at(index) == closed.at(index)) << index;
        }
        EXPECT_TRUE(files(".new").empty());
    }
    /// All that was there at first, and `more` events behind it.
    void expect_model() {
        const auto all = read_all(*store);
        ASSERT_GE(all.size(), events.size());
        EXPECT_TRUE(std::ranges::equal(events, std::span{all}.first(events.size())));
        std::map<std::string, std::vector<Event>> streams;
        for (const Event& event : all) streams[event.stream].push_back(event);
        for (const auto& [stream, expected] : streams) {
            EXPECT_EQ(read(store->read_stream(stream, {})), expected);
            EXPECT_EQ(store->stream_info(stream).value().version, expected.back().version);
        }
        EXPECT_EQ(store->stream_info("nobody").value().version, Version{});
    }

    std::uint64_t faults_ = 0;
};

TEST_F(IndexFaults, while_indexes_are_made_anew_cost_no_answer) {
    with_every_fault("", [this](const Fault& fault) {
        start_over();
        const auto failures = disk.failures();
        disk.plan(fault);
        store->run_background();
        disk.clear_faults();
        const bool failed = disk.failures() > failures;
        EXPECT_TRUE(!failed || fault.kind == Operation::remove || !notices.empty());
        expect_model();
        EXPECT_FALSE(append("stream-1").repeated);
        close_writer();
        expect_whole_after_opening(true);
        return failed;
    });
    EXPECT_GT(faults_, 50U);
}

TEST_F(IndexFaults, while_a_reader_makes_an_index_anew_cost_one_answer_at_most) {
    with_every_fault("", [this](const Fault& fault) {
        start_over();
        const auto failures = disk.failures();
        disk.plan(fault);
        static_cast<void>(store->stream_info("nobody"));
        disk.clear_faults();
        const bool failed = disk.failures() > failures;
        expect_model();
        EXPECT_FALSE(append("stream-1").repeated);
        close_writer();
        expect_whole_after_opening(true);
        return failed;
    });
    EXPECT_GT(faults_, 50U);
}

TEST_F(IndexFaults, at_a_roll_over_fail_no_append) {
    // Nobody writes the waiting ones, so that roll-overs do it.
    with_every_fault(".index.new", [this](const Fault& fault) {
        start_over();
        store->run_background();
        const auto failures = disk.failures();
        disk.plan(fault);
        fill(4 + 6);
        const bool failed = disk.failures() > failures;
        EXPECT_TRUE(!failed || fault.kind == Operation::remove || !notices.empty());
        expect_model();
        disk.clear_faults();
        expect_model();
        close_writer();
        expect_whole_after_opening(true);
        EXPECT_EQ(files(".index").size(), files(".log").size() - 1);
        return failed;
    });
    EXPECT_GT(faults_, 20U);
}

TEST_F(IndexFaults, of_a_crash_while_indexes_are_made_anew_leave_no_trace) {
    with_every_crash([this] { store->run_background(); });
    EXPECT_GT(faults_, 20U);
}

TEST_F(IndexFaults, of_a_crash_at_a_roll_over_leave_no_trace) {
    with_every_crash([this] {
        for (int i = 0; i < 6 && !disk.crashed(); ++i) {
            const std::string data(12'000, 'r');
            static_cast<void>(store->append(one_event("stream-0", data)));
        }
        store->run_background();
    });
    EXPECT_GT(faults_, 20U);
}

}  // namespace
}  // namespace mainstem::log
