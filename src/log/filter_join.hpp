// Joining filters: those of eight segments to one whose lanes are bytes, and eight such to one
// whose lanes have eight bytes. In bounded memory, line by line.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "log/joined_filter.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// A filter that is joined with others.
struct FilterSource {
    std::uint64_t lines = 0;  ///< 0: there is none
    /// Copies a line to `to`, which has its size. Errors: damaged, io.
    std::function<Result<void>(std::uint64_t line, std::span<std::byte> to)> copy_line;
};

/// Of a segment of the list; none while it has no index file. What it opens is closed with it: a
/// store may have more segments than a process may have files. Errors: those of `index_in_order`.
Result<FilterSource> source_of(const Segment& listed);
/// `filter` is of `few_joined` segments.
[[nodiscard]] FilterSource source_of(std::shared_ptr<const JoinedFilter> filter);

/// Writes eight filters of segments, or eight joined ones, as one to `file`, which is new.
/// Errors: `cancelled` if `stopped()`; those of the sources and of the disk.
Result<void> join_filters(std::span<const FilterSource> sources, const JoinedFilterOwner& owner,
                          File& file, const std::function<bool()>& stopped);

/// True if a filter says what those of its segments, one each, say. Errors: those of all of them.
Result<bool> agrees(const JoinedFilter& filter, std::span<const FilterSource> segments);

}  // namespace mainstem::log
