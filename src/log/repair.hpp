// What opening for writing changes on the disk: it claims the directory, removes segments that were
// never begun, cuts an unacknowledged tail, writes unproven bytes again, and makes HEAD.
#pragma once

#include <memory>
#include <vector>

#include <mainstem/core/random.hpp>

#include "log/log_config.hpp"
#include "log/scan.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// Makes the directory if the mode allows it, and takes its lock. Errors: not_found, in_use,
/// invalid (a folder of something else), io.
Result<std::unique_ptr<FileLock>> claim(const Directory& directory, const LogConfig& config);

/// Removes the files of `all` that are not in `begun`.
Result<void> remove_unwritten(const Directory& directory, const LogConfig& config,
                              const std::vector<Position>& all, const std::vector<Position>& begun);

/// Removes the index of the last segment and the joined filters that it has a part in: it is
/// written to again, so that what was made of it when it was sealed, in another life of the store,
/// is out of date. Its salt, which tells them from those of other segments, stays. Errors: io.
Result<void> remove_derived(const Directory& directory, Disk& disk,
                            const std::vector<Position>& firsts);

/// Removes what a crash left of files that were being written under another name. One that cannot
/// be removed does no harm.
void remove_half_written(const Directory& directory, Disk& disk);

/// After it, the segment's bytes up to its end, its size and its name are on the disk.
Result<void> repair(const Directory& directory, const LogConfig& config, File& file,
                    const SegmentHeader& header, std::uint64_t size, const Recovered& recovered);

/// The header of a new store's first segment, with a new store id.
[[nodiscard]] SegmentHeader first_segment_header(const Clock& clock, Random& random);

/// Opens HEAD for writing, or makes it.
Result<std::unique_ptr<File>> open_head(const Directory& directory, const LogConfig& config,
                                        bool exists);

}  // namespace mainstem::log
