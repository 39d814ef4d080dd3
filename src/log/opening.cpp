// Finding a log's files and judging them; the repair for writing is in repair.cpp.
#include "log/opening.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "log/chain.hpp"
#include "log/header.hpp"
#include "log/joined_filters.hpp"
#include "log/repair.hpp"

namespace mainstem::log {
namespace {

Error no_store(const Directory& directory) {
    return {StoreError::not_found, fmt::format("there is no store at \"{}\"", directory.path())};
}

std::string place_of(const std::string& path, const ScanStop& stop) {
    return fmt::format("{}: {} at byte {}, position {}", path, stop.what, stop.offset,
                       stop.position.value);
}

Error damage_in(const std::string& path, const ScanStop& stop) {
    const std::string place = place_of(path, stop);
    if (stop.verdict == Verdict::newer) {
        return {StoreError::newer_format, place + "; use the version that wrote it"};
    }
    return {StoreError::damaged,
            place + "; nothing was changed; it can be opened read-only up to there"};
}

/// What is known when the last segment that was begun has been found.
struct LastSegment {
    std::unique_ptr<File> file;
    SegmentHeader header;
    std::uint64_t size = 0;
    std::uint64_t known_durable = 0;
};

/// Opens the last segment with a header; `firsts` loses the unwritten ones behind it.
Result<std::optional<LastSegment>> find_last(const Directory& directory, const LogConfig& config,
                                             const std::optional<HeadRecord>& head,
                                             std::vector<Position>& firsts) {
    const FileMode mode = config.mode == OpenMode::read_only ? FileMode::read : FileMode::write;
    for (; !firsts.empty(); firsts.pop_back()) {
        const std::string path = directory.segment(firsts.back());
        auto file = config.disk->open(path, mode);
        if (!file) return store_error(file.error());
        const auto header = read_segment_header(**file, path);
        if (!header) return header.error();
        const bool named = head && head->segment == firsts.back().value;
        if (!*header && !named) continue;
        if (!*header) {
            return Error{StoreError::damaged,
                         path + ": the header is missing; nothing was changed"};
        }
        if ((head && (*header)->store_id != head->store_id) ||
            (*header)->first_position != firsts.back().value) {
            return Error{StoreError::damaged,
                         path + ": belongs to another store or place; nothing was changed"};
        }
        const auto size = (*file)->size();
        if (!size) return store_error(size.error());
        return std::optional{
            LastSegment{*std::move(file), **header, *size, named ? head->durable_offset : 0}};
    }
    return std::optional<LastSegment>{};
}

/// Errors: damaged if a segment is missing before the last one.
Result<void> check_complete(const Directory& directory, const LogConfig& config,
                            const std::vector<Position>& firsts, const LastSegment& last) {
    const auto gap = find_gap(*config.disk, directory, firsts, last.header.number);
    if (!gap) return gap.error();
    if (*gap) return missing_before(*config.disk, directory, firsts, **gap);
    return {};
}

std::string head_missing(const Directory& directory, std::uint64_t first) {
    return fmt::format(
        "{}: is missing or damaged; events from position {} on may not be on the "
        "disk and are not shown until the store is opened for writing",
        directory.head(), first);
}

/// What one look at the files found.
struct Look {
    std::optional<std::uint64_t> stopped_at = {};  ///< where damage was found
    std::string notice = {};                       ///< why less is shown than there may be
};

/// Finds where reading ends: in the last segment, or, up to damage, in the one before the first
/// that is missing. `firsts` loses what is not read.
Result<std::optional<LastSegment>> find_readable(const Directory& directory,
                                                 const LogConfig& config,
                                                 const std::optional<HeadRecord>& head,
                                                 std::vector<Position>& firsts, Look& look) {
    const auto ends = check_ends(directory, firsts, head);
    const bool begins = !firsts.empty() && firsts.front().value == 1;
    if (!ends && !(config.up_to_damage && begins)) return ends.error();
    if (!ends) look.notice = ends.error().message() + "; read up to there";
    auto last = find_last(directory, config, head, firsts);
    if (!last || !*last) return last;
    const auto gap = find_gap(*config.disk, directory, firsts, (*last)->header.number);
    if (!gap) return gap.error();
    if (*gap) {
        look.stopped_at = firsts[**gap].value;
        const Error missing = missing_before(*config.disk, directory, firsts, **gap);
        if (!config.up_to_damage || **gap == 0) return missing;
        look.notice = missing.message() + "; read up to there";
        firsts.resize(**gap);
        last = find_last(directory, config, head, firsts);
        if (!last || !*last) return last;
    }
    // A segment that was followed by another is on the disk to its last byte.
    if (*gap || !ends) (*last)->known_durable = (*last)->size;
    return last;
}

/// Builds the list: sealed segments by their numbers alone, the last one with its index.
SegmentList list_of(const std::shared_ptr<SegmentContext>& context,
                    const std::vector<Position>& firsts, std::shared_ptr<Segment> last) {
    SegmentList segments;
    for (std::size_t i = 0; i + 1 < firsts.size(); ++i) {
        const auto count = static_cast<Ordinal>(firsts[i + 1].value - firsts[i].value);
        segments.push_back(std::make_shared<Segment>(context, firsts[i], count));
    }
    segments.push_back(std::move(last));
    return segments;
}

std::shared_ptr<SegmentContext> context_for(const Directory& directory, const LogConfig& config,
                                            const std::array<std::uint8_t, 16>& store_id) {
    return std::make_shared<SegmentContext>(
        config.disk, directory, store_id, config.mode != OpenMode::read_only, config.on_notice,
        std::make_unique<PageCache>(config.memory), std::make_shared<JoinedFilters>());
}

/// Scans the last segment into an index. A stream's versions that do not follow are damage.
Result<Recovered> scan_last(const LastSegment& last, MemoryIndex& index) {
    std::optional<ScanStop> broken;
    const auto accept = [&](const ScannedFrame& frame) {
        if (broken) return;
        if (!add_frame(index, frame)) {
            broken = ScanStop{frame.offset,
                              {frame.header.first_position},
                              Verdict::invalid,
                              "a stream's versions do not follow each other"};
        }
    };
    auto recovered = recover(*last.file, last.header, last.size, last.known_durable, accept);
    if (!recovered) return store_error(recovered.error());
    if (broken && !recovered->damage) recovered->damage = broken;
    return recovered;
}

/// Takes only what is known to be on the disk into an index anew. Errors: io.
Result<std::unique_ptr<MemoryIndex>> index_durable(const LastSegment& last,
                                                   const Recovered& recovered) {
    auto index = std::make_unique<MemoryIndex>();
    FrameScanner scanner{*last.file, last.header, recovered.durable};
    for (bool follows = true; follows;) {
        const auto frame = scanner.next();
        if (!frame) return store_error(frame.error());
        if (*frame == nullptr) break;
        follows = add_frame(*index, **frame);
    }
    return index;
}

Result<OpenedLog> assemble(const Directory& directory, const LogConfig& config,
                           const std::vector<Position>& firsts, LastSegment last,
                           std::unique_ptr<MemoryIndex> index, const Recovered& recovered,
                           Extent visible) {
    OpenedLog log;
    log.context = context_for(directory, config, last.header.store_id);
    log.end = recovered.end;
    log.next = recovered.next;
    log.last_recorded_at = recovered.last_recorded_at;
    auto segment =
        std::make_shared<Segment>(log.context, last.header, std::move(last.file), std::move(index));
    segment->publish(visible);
    log.segments = list_of(log.context, firsts, std::move(segment));
    return log;
}

Result<OpenedLog> look_once(const Directory& directory, const LogConfig& config, Look& look) {
    const auto head = read_head(*config.disk, directory);
    if (!head) return head.error();
    auto firsts = directory.list_segments(*config.disk);
    if (!firsts && firsts.error() != DiskError::not_found) return store_error(firsts.error());
    if (!firsts) firsts = std::vector<Position>{};
    auto last = find_readable(directory, config, *head, *firsts, look);
    if (!last) return last.error();
    if (!*last) return no_store(directory);

    auto index = std::make_unique<MemoryIndex>();
    const auto recovered = scan_last(**last, *index);
    if (!recovered) return recovered.error();
    if (recovered->damage) {
        look.stopped_at = recovered->damage->offset;
        const std::string path = directory.segment(firsts->back());
        const Error error = damage_in(path, *recovered->damage);
        if (!config.up_to_damage || error == StoreError::newer_format) return error;
        look.notice = place_of(path, *recovered->damage) + "; read up to there";
    }
    if (recovered->durable < recovered->end) {
        auto durable = index_durable(**last, *recovered);
        if (!durable) return durable.error();
        index = *std::move(durable);
        if (!*head && look.notice.empty()) {
            look.notice = head_missing(directory, firsts->back().value + index->size());
        }
    }
    const Extent visible{index->size(), static_cast<std::uint32_t>(recovered->durable)};
    return assemble(directory, config, *firsts, **std::move(last), std::move(index), *recovered,
                    visible);
}

}  // namespace

Result<std::optional<HeadRecord>> read_head(Disk& disk, const Directory& directory) {
    const auto file = disk.open(directory.head(), FileMode::read);
    if (!file) {
        if (file.error() == DiskError::not_found) return std::optional<HeadRecord>{};
        return store_error(file.error());
    }
    return read_head(**file, directory);
}

Result<std::optional<HeadRecord>> read_head(const File& file, const Directory& directory) {
    std::array<std::byte, sizeof(HeadRecord)> bytes{};
    const auto read = file.read_at(bytes, 0);
    if (!read) return store_error(read.error());
    HeadRecord head;
    switch (parse(ByteSpan{bytes}.first(*read), head)) {
        case Verdict::valid: return std::optional{head};
        case Verdict::invalid: return std::optional<HeadRecord>{};
        case Verdict::newer: break;
    }
    return Error{
        StoreError::newer_format,
        fmt::format("{}: format {} is newer than {}, which this version knows; use a newer one",
                    directory.head(), head.version, format_version)};
}

Result<std::optional<SegmentHeader>> read_segment_header(const File& file,
                                                         const std::string& path) {
    const auto size = file.size();
    if (!size) return store_error(size.error());
    std::vector<std::byte> bytes(std::min<std::uint64_t>(*size, 1 << 20));
    const auto read = file.read_at(bytes, 0);
    if (!read) return store_error(read.error());
    SegmentHeader header;
    const Verdict verdict = parse(ByteSpan{bytes}.first(*read), header);
    if (verdict == Verdict::valid) return std::optional{header};
    if (verdict == Verdict::newer) {
        return Error{
            StoreError::newer_format,
            fmt::format("{}: format {} is newer than {}, which this version knows; use a newer one",
                        path, header.version, format_version)};
    }
    for (std::uint64_t at = sizeof(SegmentHeader); at < *size;) {
        const auto more = file.read_at(bytes, at);
        if (!more) return store_error(more.error());
        const ByteSpan seen = ByteSpan{bytes}.first(*more);
        if (std::ranges::any_of(seen, [](std::byte b) { return b != std::byte{0}; })) {
            return Error{StoreError::damaged,
                         path + ": damaged at byte 0: the header; nothing was changed"};
        }
        if (*more == 0) break;
        at += *more;
    }
    return std::optional<SegmentHeader>{};
}

Result<OpenedLog> open_for_reading(const Directory& directory, const LogConfig& config) {
    // A writer that is at work can make whole what a scan has just found broken: damage is what
    // two scans find at the same place.
    std::optional<std::uint64_t> before;
    for (;;) {
        Look look;
        auto log = look_once(directory, config, look);
        if (!look.stopped_at || look.stopped_at == before) {
            if (log && config.on_notice && !look.notice.empty()) config.on_notice(look.notice);
            return log;
        }
        before = look.stopped_at;
    }
}

Result<OpenedLog> open_for_writing(const Directory& directory, const LogConfig& config,
                                   Random& random) {
    auto lock = claim(directory, config);
    if (!lock) return lock.error();
    const auto head = read_head(*config.disk, directory);
    if (!head) return head.error();
    auto firsts = directory.list_segments(*config.disk);
    if (!firsts) return store_error(firsts.error());
    const std::vector<Position> all = *firsts;
    const auto ends = check_ends(directory, all, *head);
    if (!ends) return ends.error();
    auto last = find_last(directory, config, *head, *firsts);
    if (!last) return last.error();

    auto index = std::make_unique<MemoryIndex>();
    Recovered recovered;
    if (*last) {
        const auto complete = check_complete(directory, config, *firsts, **last);
        if (!complete) return complete.error();
        const auto scanned = scan_last(**last, *index);
        if (!scanned) return scanned.error();
        if (scanned->damage) return damage_in(directory.segment(firsts->back()), *scanned->damage);
        recovered = *scanned;
    }
    const auto removed = remove_unwritten(directory, config, all, *firsts);
    if (!removed) return removed.error();
    remove_half_written(directory, *config.disk);
    if (*last) {
        const auto derived = remove_derived(directory, *config.disk, *firsts);
        if (!derived) return derived.error();
        const auto repaired =
            repair(directory, config, *(*last)->file, (*last)->header, (*last)->size, recovered);
        if (!repaired) return repaired.error();
    } else {
        const SegmentHeader header = first_segment_header(*config.clock, random);
        auto file = create_segment(*config.disk, directory, header);
        if (!file) return store_error(file.error());
        firsts->push_back({1});
        *last = LastSegment{*std::move(file), header, sizeof header, sizeof header};
        recovered.end = sizeof header;
        recovered.next = {1};
        recovered.last_recorded_at = Timestamp{std::chrono::microseconds{header.first_recorded_at}};
    }
    const Extent visible{index->size(), static_cast<std::uint32_t>(recovered.end)};
    auto log = assemble(directory, config, *firsts, **std::move(last), std::move(index), recovered,
                        visible);
    if (!log) return log;
    auto opened_head = open_head(directory, config, head->has_value());
    if (!opened_head) return opened_head.error();
    log->head = *std::move(opened_head);
    log->lock = *std::move(lock);
    return log;
}

}  // namespace mainstem::log
