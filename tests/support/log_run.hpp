// The embedded log on a simulated disk, with the workload that drives it and the judge that
// watches it: what simulations are made of. One thread does everything, a seed replays it all.
//
// Life cycle: `open`, `work`, then one of `close`, `kill`, `power_cut`; and again. Troubles are
// planned on `disk()` beforehand and end with the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mainstem/core/clock.hpp>
#include <mainstem/core/random.hpp>

#include "log/log_store.hpp"
#include "support/history.hpp"
#include "support/judged_subscriber.hpp"
#include "support/simulated_disk.hpp"
#include "support/workload.hpp"

namespace mainstem::support {

struct LogRunSeeds {
    std::uint64_t workload = 0;
    std::uint64_t disk = 0;
};

class LogRun {
public:
    static constexpr const char* directory = "/store";

    explicit LogRun(LogRunSeeds seeds);

    SimulatedDisk& disk() noexcept { return disk_; }
    /// Opens the log for writing, reads all of it, and has it judged. False: it did not open or
    /// could not be read, as a planned trouble may have it; then the process must end.
    bool open();
    /// Does `steps` random things, fewer if the disk crashes.
    void work(std::size_t steps);
    /// Appends one new request, flushed, and waits for the answer.
    void append_flushed();
    /// Holds every kind of read against a full one.
    void check_reads();

    /// Closes as a program does; then the disk must have everything, unless there was trouble.
    void close();
    void kill();
    void power_cut();

    /// What another process sees, with or without a writer.
    void read_beside();
    /// Removes or damages index files, which hold nothing of their own. The log must be closed.
    void spoil_indexes();
    /// As when the kernel needs memory after a failed flush. The log must be closed.
    void drop_clean_pages();

    [[nodiscard]] bool failed() const;
    /// Empty if every promise was kept; else what was broken, and the last disk operations.
    [[nodiscard]] std::string report() const;

private:
    [[nodiscard]] log::LogConfig config();
    void step();
    void append(AppendRequest request);
    struct Unanswered {
        std::uint64_t count = 0;
    };
    void append_at_once();
    void append_group();
    void queue(std::uint64_t size, Unanswered& unanswered);
    void answered(History::Ticket ticket, const AppendRequest& request,
                  const Result<Appended>& answer);
    void judge_error(const AppendRequest& request, const Error& error);
    void check_running();
    /// Every subscriber takes up to `steps` steps.
    void deliver(std::uint64_t steps);
    void judge_delivery(const JudgedSubscriber& subscriber,
                        const std::optional<Delivery::Kind>& kind);
    void judge_subscribers(const Observation& observation);
    std::optional<Observation> look(EventStore& store);
    void end_process();
    [[nodiscard]] bool troubled() const;

    SimulatedDisk disk_;
    ManualClock clock_;
    Random random_;
    Workload workload_;
    History history_;
    Violations violations_;
    /// Failed operations when the process began.
    std::uint64_t failures_ = 0;
    std::uint64_t openings_ = 0;
    std::shared_ptr<log::LogStore> store_;
    std::vector<JudgedSubscriber> subscribers_;
    Position flushed_;  ///< so far is known to be on the disk
};

}  // namespace mainstem::support
