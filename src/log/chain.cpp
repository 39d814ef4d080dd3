// Finding and naming segments that are missing.
#include "log/chain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "log/opening.hpp"
#include "log/scan.hpp"

namespace mainstem::log {
namespace {

Error segment_missing(const std::string& path) {
    return {StoreError::damaged, path + ": is missing; acknowledged events were in it"};
}

Result<std::optional<SegmentHeader>> header_of(Disk& disk, const std::string& path) {
    const auto file = disk.open(path, FileMode::read);
    if (!file) return store_error(file.error());
    return read_segment_header(**file, path);
}

/// The position behind a segment's last event; nullopt if the segment is not whole.
std::optional<Position> end_of(Disk& disk, const std::string& path) {
    const auto header = header_of(disk, path);
    if (!header || !*header) return std::nullopt;
    const auto file = disk.open(path, FileMode::read);
    if (!file) return std::nullopt;
    const auto size = (*file)->size();
    if (!size) return std::nullopt;
    FrameScanner scanner{**file, **header, *size};
    for (;;) {
        const auto frame = scanner.next();
        if (!frame) return std::nullopt;
        if (*frame == nullptr) break;
    }
    if (scanner.offset() < *size) return std::nullopt;
    return scanner.next_position();
}

}  // namespace

Result<void> check_ends(const Directory& directory, const std::vector<Position>& firsts,
                        const std::optional<HeadRecord>& head) {
    if (!firsts.empty() && firsts.front().value != 1) {
        return segment_missing(directory.segment({1}));
    }
    if (head && !std::ranges::binary_search(firsts, Position{head->segment})) {
        return segment_missing(directory.segment({head->segment}));
    }
    return {};
}

Result<std::optional<std::size_t>> find_gap(Disk& disk, const Directory& directory,
                                            const std::vector<Position>& firsts,
                                            std::uint32_t last_number) {
    using Found = std::optional<std::size_t>;
    if (last_number == 0 || last_number == firsts.size()) return Found{};
    for (std::size_t i = 0; i + 1 < firsts.size(); ++i) {
        const auto header = header_of(disk, directory.segment(firsts[i]));
        if (!header) return header.error();
        if (*header && (*header)->number != 0 && (*header)->number != i + 1) return Found{i};
    }
    return Found{firsts.size() - 1};
}

Error missing_before(Disk& disk, const Directory& directory, const std::vector<Position>& firsts,
                     std::size_t at) {
    const auto end = at == 0 ? std::nullopt : end_of(disk, directory.segment(firsts[at - 1]));
    if (end && *end < firsts[at]) {
        return {StoreError::damaged,
                fmt::format("{}: is missing; events {} to {} were in it", directory.segment(*end),
                            end->value, firsts[at].value - 1)};
    }
    return {StoreError::damaged, directory.segment(firsts[at]) +
                                     ": a segment before it is missing, or it is of "
                                     "another store; nothing was changed"};
}

}  // namespace mainstem::log
