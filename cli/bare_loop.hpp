// The machine's limit for appends: a bare group commit, without a log. Clients hand bytes to a
// leader, which writes all that wait by one call and flushes once; no format, no index, no check.
// What a store reaches is given as a share of this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// How the file that is written to was prepared.
enum class BareFile : std::uint8_t {
    growing,       ///< not at all
    set_aside,     ///< fallocate
    zeroed_ahead,  ///< a helper writes zeros ahead of the writer
    pre_written,   ///< written whole before the clock starts, then over and over
};
inline constexpr BareFile bare_files[] = {BareFile::growing, BareFile::set_aside,
                                          BareFile::zeroed_ahead, BareFile::pre_written};
[[nodiscard]] std::string_view name(BareFile file) noexcept;

struct BareLoad {
    unsigned clients = 1;
    std::uint64_t request_bytes = 0;
    bool flushed = true;
    double seconds = 0.5;
};

/// Runs the loop in a file `path`, which is made and removed. Returns requests per second.
/// Errors: io.
Result<double> run_bare_loop(const std::string& path, BareFile kind, const BareLoad& load);

/// The kind of file that is the fastest by the median of so many runs of each. Errors: io.
Result<BareFile> fastest_bare_file(const std::string& path, const BareLoad& load, int rounds);

}  // namespace mainstem::cli
