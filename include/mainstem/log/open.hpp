// The embedded log: a directory of segment files, durable, for one writing process and any number
// of reading ones. See docs/formats/ for its files and ARCHITECTURE.md for how it works.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/store/event_store.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {

/// Opens the log in `directory`. Errors: not_found, in_use, damaged (names file, offset and
/// position; nothing was changed), newer_format, invalid (a bad option), io.
Result<std::shared_ptr<EventStore>> open_log_store(const std::string& directory,
                                                   const OpenOptions& options);

/// One place where a log is not what was written.
struct LogDamage {
    std::string file;          ///< path
    std::uint64_t offset = 0;  ///< in the file, bytes
    Position position;         ///< of the first event that is affected; 0 if not known
    std::string what;          ///< one line
    /// In an index file or a joined filter, which are made from the log and can be made anew: no
    /// event is lost.
    bool in_index = false;
};

/// What `verify_log` found.
struct LogReport {
    std::uint64_t events = 0;
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0;
    /// Bytes at the end that were written but never acknowledged; the next writer cuts them.
    std::uint64_t unacknowledged_bytes = 0;
    Position head;
    std::vector<LogDamage> damages;
    /// False: `Progress` ended it early, and all else is about what was looked at before.
    bool complete = true;
};

/// Told often how far a long operation is; answers whether to go on.
using Progress = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

/// Reads the whole log and checks every frame, checksum, position, version, time and index entry.
/// Opens read-only and changes nothing; may run beside a writer. The error is for a log that
/// cannot be looked at (not_found, newer_format, io); damage is in the report.
Result<LogReport> verify_log(const std::string& directory, const Progress& progress = {});

/// The index file of one full segment.
struct IndexStatus {
    enum class State : std::uint8_t { missing, present, damaged, other_version };

    std::string file;  ///< path
    Position first;    ///< of its segment
    State state = State::missing;
    std::uint64_t bytes = 0;
    std::string what = {};  ///< why it is `damaged`: one line that names the file
};

/// Looks at the index file of each full segment, oldest first: at its header and at the checksum of
/// each block. Whether it says what the log says, only `verify_log` tells. Opens read-only and
/// changes nothing; may run beside a writer, which makes the newest ones only a while after their
/// segments were full. Ends early if `progress` says so. O(bytes of the indexes). Errors: as of
/// opening for reading; of a segment, never of an index.
Result<std::vector<IndexStatus>> index_status(const std::string& directory,
                                              const Progress& progress = {});

struct RebuildOptions {
    bool all = false;  ///< also those that are present; joined filters are removed
    std::function<void(std::string_view)> on_notice = {};
};

/// Makes index files anew from the log: those that are missing, damaged or of another version.
/// Answers how many; fewer if `progress` ended it. Each replaces the old one at once and as a
/// whole, so that readers may be at work. O(bytes of the log) at most. Errors: as of opening for
/// writing, which it does (in_use while another process writes); damaged, of the first damaged
/// segment, after those that are whole have been served; io.
Result<std::uint64_t> rebuild_indexes(const std::string& directory,
                                      const RebuildOptions& options = {},
                                      const Progress& progress = {});

}  // namespace mainstem
