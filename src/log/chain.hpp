// The chain of a log's segments: is every file there? A segment's name tells where it begins, and
// only the next one's where it ends, so that a file that is missing in the middle would make the
// one before it seem longer. But each header tells the segment's number: the last one's is how many
// there must be, and it is read at every opening anyway.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "log/directory.hpp"
#include "log/format.hpp"

namespace mainstem::log {

/// The chain must begin at position 1 and hold the segment that HEAD names. Errors: damaged.
Result<void> check_ends(const Directory& directory, const std::vector<Position>& firsts,
                        const std::optional<HeadRecord>& head);

/// The place in `firsts` before which a segment is missing; nullopt if none is. `last_number` is
/// that of the last one. O(1) if all are there, else reads headers. Errors: those of a header.
Result<std::optional<std::size_t>> find_gap(Disk& disk, const Directory& directory,
                                            const std::vector<Position>& firsts,
                                            std::uint32_t last_number);

/// What is answered when a segment is missing before `firsts[at]`: names its file and positions.
/// Reads the segment before, which tells where the missing one began.
Error missing_before(Disk& disk, const Directory& directory, const std::vector<Position>& firsts,
                     std::size_t at);

}  // namespace mainstem::log
