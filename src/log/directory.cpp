// Paths and names of a store's files.
#include "log/directory.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

namespace mainstem::log {
namespace {
constexpr std::size_t digits = 20;
constexpr std::string_view suffix = ".log";
}  // namespace

std::string Directory::segment(Position first) const {
    return fmt::format("{}/{:020}.log", segments(), first.value);
}

std::string Directory::index(Position first) const {
    return fmt::format("{}/{:020}.index", segments(), first.value);
}

std::string Directory::joined_filter(Position first, std::size_t segment_count) const {
    return fmt::format("{}/{:020}.{}.filter", segments(), first.value, segment_count);
}

std::optional<Position> parse_segment_name(std::string_view name) noexcept {
    if (name.size() != digits + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
    Position first;
    const char* end = name.data() + digits;
    const auto [stopped, error] = std::from_chars(name.data(), end, first.value);
    if (error != std::errc{} || stopped != end || first.value == 0) return std::nullopt;
    return first;
}

Result<std::vector<Position>> Directory::list_segments(Disk& disk) const {
    const auto names = disk.list(segments());
    if (!names) return names.error();
    std::vector<Position> positions;
    for (const std::string& name : *names) {
        if (const auto first = parse_segment_name(name)) positions.push_back(*first);
    }
    std::ranges::sort(positions);
    return positions;
}

Error store_error(const Error& disk_error) { return {StoreError::io, disk_error.message()}; }

}  // namespace mainstem::log
