// An independent judge of a store: it is told every request, every answer, every crash, and every
// full read, and says which promise was broken. It knows the port, and no code of any backend.
//
// Life cycle: a store is opened, read (`check_reopened`), asked (`submit`, `answer`), read while it
// runs (`check_running`), and ends, well or not (`flushed`, `power_cut`); then the next opening.
#pragma once

#include <cstddef>
#include <vector>

#include "support/observation.hpp"
#include "support/session.hpp"

namespace mainstem::support {

/// Not thread-safe. Requests may overlap: the order of the calls to `submit` and `answer` is what
/// is known about their order. Every request with events must have an id for the first of them.
class History {
public:
    using Ticket = std::size_t;

    /// Must be called before the store gets the request.
    Ticket submit(AppendRequest request);
    /// The same for requests that the store gets as a group.
    std::vector<Ticket> submit_group(const std::vector<AppendRequest>& requests);
    /// Must be called after the store has answered. An unanswered request may be there or not.
    void answer(Ticket ticket, const Result<Appended>& answer);

    /// Everything answered so far is on the disk: the store was closed, or 50 ms have passed.
    void flushed();
    /// What was only buffered may be gone, from some position on. To be called when the machine
    /// stops, and when pages are dropped that a failed flush lost.
    void power_cut() { session_.power_cut = true; }

    /// Judges a read of the store by the process that it is open in. Unanswered requests may be
    /// there or not; those asked to be flushed must stay once they were seen.
    void check_running(const Observation& observation);
    /// Judges the first read after an opening for writing: from now on everything in it stays, and
    /// what is not in it stays away.
    void check_reopened(const Observation& observation);

    /// Judges what another process reads, also when no writer runs: it may lag, but what it shows
    /// must stay.
    void check_beside(const Observation& observation);

    [[nodiscard]] const Violations& violations() const noexcept { return violations_; }

private:
    void require_head(const Observation& observation, Position promised);

    LogicalTime now_ = 0;
    Session session_;
    Violations violations_;
};

}  // namespace mainstem::support
