// Verification: reads the whole log, as recovery and readers would, and names everything that is
// not what was written. Changes nothing. Sealed segments must be whole to their last byte; the last
// one may end in a tail that was never acknowledged, by recovery's own judgement.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <mainstem/log/open.hpp>

#include "log/index_block.hpp"
#include "log/index_writer.hpp"
#include "log/joined_filters.hpp"
#include "log/opening.hpp"

namespace mainstem::log {
namespace {

/// What a later version wrote cannot be judged, and so neither can what lies behind it.
Error newer_format(const std::string& path, const ScanStop& stop) {
    return {StoreError::newer_format,
            fmt::format("{}: {} at byte {}, position {}; verify it with the version that wrote it",
                        path, stop.what, stop.offset, stop.position.value)};
}

/// Compares a file with what it should be, piece by piece.
class IndexComparison {
public:
    explicit IndexComparison(const File& file) : file_(&file) {}

    Result<void> compare(ByteSpan expected, std::uint64_t offset) {
        stored_.resize(expected.size());
        const auto read = file_->read_at(stored_, offset);
        if (!read) return read.error();
        stored_.resize(*read);
        const auto differs = std::ranges::mismatch(stored_, expected);
        if (differs.in2 != expected.end()) {
            note(offset + static_cast<std::uint64_t>(differs.in2 - expected.begin()));
        }
        size_ = std::max(size_, offset + expected.size());
        return {};
    }
    /// Where the file first differs from all that was compared; nullopt: it is the same.
    Result<std::optional<std::uint64_t>> end() {
        const auto size = file_->size();
        if (!size) return size.error();
        if (*size > size_) note(size_);
        return differs_at_;
    }

private:
    void note(std::uint64_t offset) {
        differs_at_ = differs_at_ ? std::min(*differs_at_, offset) : offset;
    }

    const File* file_;
    std::vector<std::byte> stored_;
    std::uint64_t size_ = 0;
    std::optional<std::uint64_t> differs_at_;
};

class Verification {
public:
    Verification(Disk& disk, const std::string& directory, const Progress& progress)
        : disk_(&disk), directory_(directory), progress_(progress) {}

    Result<LogReport> run();

private:
    /// One segment while it is looked at.
    struct Current {
        std::string path;
        std::unique_ptr<File> file;
        SegmentHeader header;
        std::uint64_t size = 0;
        std::uint64_t end = 0;  ///< of the last whole frame
        MemoryIndex index;
        bool whole = true;
    };
    /// What is known of the segment before it.
    struct Before {
        bool whole = true;
        std::uint32_t number = 0;  ///< 0: not known
    };

    Result<void> verify_segment(Position first, bool last);
    void judge_place(const Current& current, const Before& before);
    Result<void> scan(Current& current, bool last);
    Result<bool> judge_end(const Current& current, FrameScanner& scanner);
    void take(Current& current, const ScannedFrame& frame);
    Result<void> compare_index(const Current& current);
    Result<void> check_filters();
    void damage(const std::string& file, std::uint64_t offset, Position position,
                std::string what) {
        report_.damages.push_back({file, offset, position, std::move(what)});
    }
    /// Tells how far the work is, never less than before; answers whether to go on.
    bool go_on(std::uint64_t in_segment) {
        done_bytes_ = std::max(done_bytes_, bytes_before_ + in_segment);
        if (progress_ && !progress_(done_bytes_, total_bytes_)) report_.complete = false;
        return report_.complete;
    }

    Disk* disk_;
    Directory directory_;
    const Progress& progress_;
    LogReport report_;
    Position next_{1};
    Before before_;
    Position head_segment_{0};                              ///< that HEAD names; 0: none
    std::optional<std::array<std::uint8_t, 16>> store_id_;  ///< of what was seen last
    Timestamp last_recorded_at_ = Timestamp::min();
    std::unordered_map<std::string, Version> versions_;
    std::uint64_t bytes_before_ = 0;  ///< of the segments that are done
    std::uint64_t done_bytes_ = 0;    ///< as was told
    std::uint64_t total_bytes_ = 0;
};

Result<LogReport> Verification::run() {
    // HEAD first: a writer that is at work may begin a segment between the two.
    const auto head = read_head(*disk_, directory_);
    auto firsts = directory_.list_segments(*disk_);
    if (!firsts && firsts.error() != DiskError::not_found) return store_error(firsts.error());
    if (!firsts) firsts = std::vector<Position>{};
    if (!head) return head.error();
    if (firsts->empty() && !*head) {
        return Error{StoreError::not_found,
                     fmt::format("there is no store at \"{}\"", directory_.path())};
    }
    if (*head) {
        head_segment_ = {(*head)->segment};
        store_id_ = (*head)->store_id;
    }
    if (*head && !std::ranges::binary_search(*firsts, head_segment_)) {
        damage(directory_.segment({(*head)->segment}), 0, {(*head)->segment},
               "the file is missing; acknowledged events were in it");
    }
    for (const Position first : *firsts) {
        const auto file = disk_->open(directory_.segment(first), FileMode::read);
        total_bytes_ += file ? (*file)->size().value_or(0) : 0;
    }
    for (const Position first : *firsts) {
        const auto verified = verify_segment(first, first == firsts->back());
        if (!verified) return verified.error();
        if (!report_.complete) break;
    }
    if (firsts->size() > few_joined) {
        const auto checked = check_filters();
        if (!checked) return checked.error();
    }
    report_.head = {next_.value - 1};
    report_.segments = firsts->size();
    return report_;
}

Result<void> Verification::verify_segment(Position first, bool last) {
    Current current;
    current.path = directory_.segment(first);
    auto file = disk_->open(current.path, FileMode::read);
    if (!file) return store_error(file.error());
    current.file = *std::move(file);
    const auto size = current.file->size();
    if (!size) return store_error(size.error());
    current.size = *size;
    const Before before = std::exchange(before_, {.whole = false});
    const auto header = read_segment_header(*current.file, current.path);
    if (!header && header.error() != StoreError::damaged) return header.error();
    if (!header || !*header || (*header)->first_position != first.value) {
        const bool is_empty = header && !*header && last && first == next_;
        if (is_empty && first != head_segment_) return {};  // made, and never begun
        damage(current.path, 0, first, "the segment's header is not what was written");
        bytes_before_ += current.size;
        return {};
    }
    current.header = **header;
    if (current.header.store_id != store_id_.value_or(current.header.store_id)) {
        damage(current.path, 0, first, "it is of another store than HEAD or the segments before");
    }
    store_id_ = current.header.store_id;
    judge_place(current, before);
    next_ = first;
    const auto scanned = scan(current, last);
    if (!scanned) return scanned;
    before_ = {.whole = current.whole, .number = current.header.number};
    report_.bytes += current.end;
    bytes_before_ += current.size;
    const bool is_sealed = !last && current.whole && report_.complete;
    return is_sealed ? compare_index(current) : Result<void>{};
}

/// Does the segment follow the one before it?
void Verification::judge_place(const Current& current, const Before& before) {
    const Position first{current.header.first_position};
    const std::uint32_t number = current.header.number;
    if (first > next_) {
        const auto lost = fmt::format("positions {} to {}", next_.value, first.value - 1);
        if (before.whole) {
            damage(directory_.segment(next_), 0, next_,
                   "the file is missing; " + lost + " were in it");
        } else {
            damage(current.path, 0, next_, lost + " are missing before this segment");
        }
        versions_.clear();  // what is missing may have raised any version
    } else if (first < next_) {
        damage(current.path, 0, first,
               fmt::format("it begins before position {}, where the segment before it ends",
                           next_.value));
    } else if (number != 0 && before.number != 0 && number != before.number + 1) {
        damage(current.path, 0, first,
               fmt::format("it is segment {}, and the one before it is segment {}", number,
                           before.number));
    }
}

Result<void> Verification::scan(Current& current, bool last) {
    FrameScanner scanner{*current.file, current.header, current.size};
    for (;;) {
        const auto frame = scanner.next();
        if (!frame) return store_error(frame.error());
        if (*frame != nullptr) {
            take(current, **frame);
            if (go_on(scanner.offset())) continue;
            current.end = scanner.offset();
            return {};
        }
        current.end = scanner.offset();
        if (scanner.offset() == current.size) return {};
        if (scanner.stop() && scanner.stop()->verdict == Verdict::newer) {
            return newer_format(current.path, *scanner.stop());
        }
        if (last) {
            const auto acknowledged = judge_end(current, scanner);
            if (!acknowledged) return acknowledged.error();
            if (!*acknowledged) return {};
        }
        current.whole = false;
        const ScanStop stop = scanner.stop().value_or(
            ScanStop{scanner.offset(), scanner.next_position(), Verdict::invalid, "it ends early"});
        damage(current.path, stop.offset, stop.position, stop.what);
        FrameHeader header;
        const auto found = scanner.find_header(stop.offset + frame_alignment, header,
                                               [this](std::uint64_t at) { return go_on(at); });
        if (!found) return store_error(found.error());
        if (!*found) return {};
        scanner.seek(**found, {header.first_position});
        versions_.clear();
        next_ = {header.first_position};
    }
}

/// True if the place where the last segment stops being valid lies in acknowledged data. A writer
/// that is at work may have gone on since: what it made whole in the meantime is no damage. So the
/// place is looked at once more, after all that tells how far the log is on the disk.
Result<bool> Verification::judge_end(const Current& current, FrameScanner& scanner) {
    const auto rest = scanner.rest([this](std::uint64_t offset) { return go_on(offset); });
    if (!rest) return store_error(rest.error());
    if (!report_.complete) return false;
    const auto head = read_head(*disk_, directory_);
    if (!head) return head.error();
    const bool named = *head && (*head)->segment == current.header.first_position;
    const std::uint64_t durable = named ? (*head)->durable_offset : 0;

    const auto size = current.file->size();
    if (!size) return store_error(size.error());
    FrameScanner again{*current.file, current.header, *size};
    again.seek(scanner.offset(), next_);
    const auto frame = again.next();
    if (!frame) return store_error(frame.error());
    if (*frame != nullptr) return false;
    if (scanner.offset() < std::max(durable, rest->durable)) return true;
    report_.unacknowledged_bytes = rest->tail_bytes;
    return false;
}

void Verification::take(Current& current, const ScannedFrame& frame) {
    for (std::size_t i = 0; i < frame.events.size(); ++i) {
        const EventView& event = frame.events[i];
        Version& version = versions_[std::string{event.stream}];
        const bool known = version.value != 0 || report_.damages.empty();
        if (known && event.version != version.next()) {
            damage(current.path, frame.offsets[i], event.position,
                   fmt::format("version {} of a stream follows version {}", event.version.value,
                               version.value));
        }
        version = event.version;
        if (event.recorded_at < last_recorded_at_) {
            damage(current.path, frame.offsets[i], event.position, "recorded time goes back");
        }
        last_recorded_at_ = event.recorded_at;
        ++report_.events;
    }
    current.whole = add_frame(current.index, frame) && current.whole;
    next_.value += frame.events.size();
}

/// True for a whole index of another version, which is made anew by whoever opens the store for
/// writing.
Result<bool> is_of_other_version(const File& file, const SegmentHeader& segment) {
    std::array<std::byte, block_size> block{};
    const auto read = file.read_at(block, 0);
    if (!read) return read.error();
    const auto checksum = load<std::uint32_t>(&block[block_content]);
    const auto header = load<IndexHeader>(block.data());
    return *read == block_size && checksum == block_checksum(block.data(), 0, segment.salt) &&
           header.magic == index_magic && header.version != index_version;
}

/// The same log gives the same index, byte for byte. A missing index is no damage: it is made when
/// it is needed.
Result<void> Verification::compare_index(const Current& current) {
    const std::string path = directory_.index({current.header.first_position});
    const auto file = disk_->open(path, FileMode::read);
    if (!file) return {};
    const auto other = is_of_other_version(**file, current.header);
    if (!other) return store_error(other.error());
    if (*other) return {};
    IndexComparison comparison{**file};
    const auto compared = write_index(
        current.index, current.header, current.size,
        [&](ByteSpan bytes, std::uint64_t at) { return comparison.compare(bytes, at); });
    if (!compared) return store_error(compared.error());
    const auto differs_at = comparison.end();
    if (!differs_at) return store_error(differs_at.error());
    if (*differs_at) {
        damage(path, **differs_at, {current.header.first_position},
               "the index does not agree with its segment");
        report_.damages.back().in_index = true;
    }
    return {};
}

/// Of a log that is whole: what else there is wrong comes first.
Result<void> Verification::check_filters() {
    if (!std::ranges::all_of(report_.damages, &LogDamage::in_index) || !report_.complete) return {};
    LogConfig config;
    config.mode = OpenMode::read_only;
    config.disk = disk_;
    config.clock = &Clock::system();
    config.memory = Bytes{1 << 20};
    const auto log = open_for_reading(directory_, config);
    if (!log) return log.error();
    const auto checked = check_joined_filters(log->segments);
    if (!checked) return checked.error();
    for (const JoinedFilterDamage& found : *checked) {
        damage(found.file, 0, found.first, found.what);
        report_.damages.back().in_index = true;
    }
    return {};
}

}  // namespace
}  // namespace mainstem::log

namespace mainstem {

Result<LogReport> verify_log(const std::string& directory, const Progress& progress) {
    return log::Verification{Disk::posix(), directory, progress}.run();
}

}  // namespace mainstem
