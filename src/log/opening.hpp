// Opening a log: finds its files, judges the last segment, and, for writing, repairs what a crash
// left: cuts an unacknowledged tail and writes everything again that is not known to be on the
// disk. Recovery never trusts the page cache: after a failed flush or a kill a page can read back
// fine and yet not be on the disk.
#pragma once

#include <memory>
#include <optional>

#include <mainstem/core/random.hpp>

#include "log/log_config.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// A log that is open.
struct OpenedLog {
    std::shared_ptr<SegmentContext> context;
    SegmentList segments;
    std::unique_ptr<FileLock> lock;  ///< for writing only
    std::unique_ptr<File> head;
    std::uint64_t end = 0;  ///< of the last frame in the last segment
    Position next;          ///< the first free position
    Timestamp last_recorded_at;
};

/// Errors: see open_log_store. Nothing is changed on an error other than io.
Result<OpenedLog> open_for_writing(const Directory& directory, const LogConfig& config,
                                   Random& random);
/// Changes nothing. What it finds may be behind a running writer, never ahead of its flushes.
Result<OpenedLog> open_for_reading(const Directory& directory, const LogConfig& config);

/// HEAD as it stands; nullopt if it is missing or broken. Errors: newer_format, io.
Result<std::optional<HeadRecord>> read_head(Disk& disk, const Directory& directory);
/// The same of a HEAD that is open.
Result<std::optional<HeadRecord>> read_head(const File& file, const Directory& directory);

/// Creates, writes and flushes a segment's file and its name, and opens it.
Result<std::unique_ptr<File>> create_segment(Disk& disk, const Directory& directory,
                                             const SegmentHeader& header);

/// Reads a segment's header. nullopt: there is none, and nothing but zeros.
/// Errors: damaged, newer_format, io.
Result<std::optional<SegmentHeader>> read_segment_header(const File& file, const std::string& path);

}  // namespace mainstem::log
