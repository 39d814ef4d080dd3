// Where the events of one stream stand, segment by segment, for a read of it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <mainstem/store/read.hpp>

#include "log/segment.hpp"

namespace mainstem::log {

/// Finds them from the newest segment back, as far as the read reaches. One thread at a time.
class StreamParts {
public:
    StreamParts(std::string stream, const StreamRead& read)
        : stream_(std::move(stream)), read_(read) {}

    /// Errors: damaged, newer_format, io.
    Result<void> find(const SegmentList& list);

    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }
    /// The segment of the next part, in the direction of the read.
    [[nodiscard]] const std::shared_ptr<Segment>& segment() const { return parts_.front().segment; }
    /// Takes the next part: appends the places of its events in that segment, ascending.
    Result<void> take(std::vector<Ordinal>& out);

private:
    /// The versions of the stream in one segment that are to be read.
    struct Part {
        std::shared_ptr<Segment> segment;
        Version from;
        Version to;
        std::vector<Ordinal> ordinals;  ///< of few events; those of many are found when it is due
    };

    static Result<std::optional<StreamSpan>> find_part(const StreamKey& key, Part& part,
                                                       Version lowest, Version highest);

    std::string stream_;
    StreamRead read_;
    std::deque<Part> parts_;  ///< in the order of reading
};

}  // namespace mainstem::log
