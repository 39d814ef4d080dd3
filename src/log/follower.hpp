// Keeps a store that is open for reading up with a writer in another process: before a read it
// looks at HEAD, and takes in what has become durable since.
#pragma once

#include <mutex>

#include "log/opening.hpp"
#include "log/segments.hpp"

namespace mainstem::log {

/// Thread-safe.
class Follower {
public:
    Follower(Directory directory, LogConfig config, Segments& segments)
        : directory_(std::move(directory)), config_(std::move(config)), segments_(&segments) {}

    /// Errors: damaged, newer_format, io.
    Result<void> refresh();
    /// HEAD may have been made anew: the next refresh opens it.
    void open_head_anew();

private:
    Result<std::optional<HeadRecord>> look_at_head();
    Result<void> extend(Segment& segment, std::uint64_t durable);
    Result<void> add_segments(std::uint64_t last);

    Directory directory_;
    LogConfig config_;
    Segments* segments_;
    std::mutex mutex_;
    std::unique_ptr<File> head_;  ///< as it was at `head_opened_at_`; null: not found
    Timestamp head_opened_at_;
    HeadRecord seen_;
};

}  // namespace mainstem::log
