// The index files of a log as files: how they are, and making them anew.
#pragma once

#include <mainstem/log/open.hpp>

#include "log/log_config.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// How much of an index file is looked at.
enum class IndexLook : std::uint8_t { header, every_block };

/// How the index file of a sealed segment is. Opens the segment, and keeps nothing of the index
/// open. Errors: of the segment; what is wrong with the index is the answer.
Result<IndexStatus> look_at_index(Segment& segment, IndexLook look);

/// All but the last, which is still being written to.
[[nodiscard]] SegmentList sealed_segments(const SegmentList& list);

/// See mainstem::index_status. `config` says which disk.
Result<std::vector<IndexStatus>> index_status(const std::string& directory, LogConfig config,
                                              const Progress& progress);

/// See mainstem::rebuild_indexes.
Result<std::uint64_t> rebuild_indexes(const std::string& directory, LogConfig config, bool all,
                                      const Progress& progress);

}  // namespace mainstem::log
