// The names in a store's directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/types.hpp>

#include "core/disk.hpp"

namespace mainstem::log {

/// Where the files of one store are.
class Directory {
public:
    explicit Directory(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string lock() const { return path_ + "/LOCK"; }
    [[nodiscard]] std::string head() const { return path_ + "/HEAD"; }
    [[nodiscard]] std::string segments() const { return path_ + "/segments"; }
    [[nodiscard]] std::string segment(Position first) const;
    [[nodiscard]] std::string index(Position first) const;
    /// Of so many segments from that one on.
    [[nodiscard]] std::string joined_filter(Position first, std::size_t segment_count) const;

    /// The first positions of the segments there are, ascending. Errors: io; not_found of the
    /// disk's if there is no such directory.
    [[nodiscard]] Result<std::vector<Position>> list_segments(Disk& disk) const;

private:
    std::string path_;
};

/// `<20 digits>.log` -> its number.
[[nodiscard]] std::optional<Position> parse_segment_name(std::string_view name) noexcept;

/// Puts what the disk said into the store's terms: `io` with the disk's text.
[[nodiscard]] Error store_error(const Error& disk_error);

}  // namespace mainstem::log
