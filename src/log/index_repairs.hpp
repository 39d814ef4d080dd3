// The index files of segments that were sealed before the store was opened for writing: each is
// looked at, and those that are missing, damaged or of another version are made anew from the log.
// That takes as long as the store is large, so it is cut into steps for a thread that has the time;
// until then who asks such a segment makes its index anew itself.
//
// Life cycle: made by opening, `step` until nothing is `pending`. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "log/scan.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

class IndexRepairs {
public:
    IndexRepairs() = default;
    explicit IndexRepairs(SegmentList sealed) : sealed_(std::move(sealed)) {}

    [[nodiscard]] bool pending() const noexcept {
        return next_ < sealed_.size() || !broken_.empty();
    }
    /// Looks at the header of the next index file; once all were looked at, makes one anew and
    /// tells it as a notice. `go_on`, asked after each frame, may end that without a trace. A file
    /// that cannot be written ends it all: the rest is made when it is asked for.
    void step(const GoOn& go_on);

private:
    struct Broken {
        std::shared_ptr<Segment> segment;
        std::string why;  ///< names the file
    };

    void look();
    void make(const GoOn& go_on);

    SegmentList sealed_;
    std::size_t next_ = 0;  ///< of them, to be looked at
    std::vector<Broken> broken_;
    std::size_t done_ = 0;  ///< of the broken ones
};

}  // namespace mainstem::log
