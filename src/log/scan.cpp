// Scanning and judging a segment.
#include "log/scan.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

constexpr std::uint64_t window_size = 1ULL << 20;

/// A header that claims what no frame of this segment can claim is none, whatever its checksum. Its
/// frame may end beyond the file, which can have lost its end: what it claims stays true.
bool plausible(const FrameHeader& header, std::uint64_t offset, Position least) {
    constexpr std::uint64_t least_event = sizeof(EventHeader) + event_id_size;
    return header.durable_offset <= offset && header.first_position >= least.value &&
           header.stored_size / least_event >= header.count;
}

std::uint64_t first_nonzero(ByteSpan bytes) {
    const auto found = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
    return static_cast<std::uint64_t>(found - bytes.begin());
}

}  // namespace

Result<ByteSpan> FrameScanner::bytes_at(std::uint64_t offset, std::uint64_t size) {
    size = std::min(size, file_size_ - std::min(offset, file_size_));
    const std::uint64_t window_end = window_offset_ + window_.size();
    if (offset < window_offset_ || offset + size > window_end) {
        window_.resize(std::min(std::max(size, window_size), file_size_ - offset));
        window_offset_ = offset;
        const auto read = file_->read_at(window_, offset);
        if (!read) {
            window_.clear();
            return read.error();
        }
        window_.resize(*read);
        size = std::min<std::uint64_t>(size, *read);
    }
    return ByteSpan{window_}.subspan(offset - window_offset_, size);
}

Result<const ScannedFrame*> FrameScanner::stopped(Verdict verdict, std::string what) {
    stop_ = ScanStop{offset_, next_, verdict, std::move(what)};
    return nullptr;
}

Result<const ScannedFrame*> FrameScanner::next() {
    stop_.reset();
    if (offset_ >= file_size_) return nullptr;
    const auto start = bytes_at(offset_, sizeof(FrameHeader));
    if (!start) return start.error();
    FrameHeader& header = frame_.header;
    const Verdict verdict = parse_frame(*start, {header_.salt, offset_}, header);
    if (verdict == Verdict::invalid) return stopped(verdict, "no valid frame begins here");
    if (verdict == Verdict::newer) return stopped(verdict, "a frame of a newer format");
    if (!plausible(header, offset_, next_)) {
        return stopped(Verdict::invalid, "the frame's header contradicts the segment");
    }
    const auto bytes = bytes_at(offset_, sizeof header + header.stored_size);
    if (!bytes) return bytes.error();
    if (bytes->size() < sizeof header + header.stored_size) {
        return stopped(Verdict::invalid, "the file ends before the frame");
    }
    return take_events(*bytes);
}

Result<const ScannedFrame*> FrameScanner::take_events(ByteSpan bytes) {
    const FrameHeader& header = frame_.header;
    frame_.offset = offset_;
    frame_.events.clear();
    frame_.offsets.clear();
    const bool request = header.kind == static_cast<std::uint8_t>(FrameKind::request);
    if (header.first_position != next_.value) {
        return stopped(Verdict::invalid, "the frame's first position does not follow");
    }
    std::size_t at = sizeof header;
    for (std::uint32_t i = 0; request && i < header.count; ++i) {
        EventView view;
        std::size_t size = 0;
        const Position position{header.first_position + i};
        const Verdict verdict = parse_event(bytes.subspan(at), position, header_.salt, view, size);
        if (verdict != Verdict::valid) {
            next_ = position;
            return stopped(verdict, verdict == Verdict::newer ? "an event of a newer format"
                                                              : "an event is not what was written");
        }
        frame_.events.push_back(view);
        frame_.offsets.push_back(static_cast<std::uint32_t>(offset_ + at));
        at += size;
    }
    if (request && at != bytes.size()) {
        return stopped(Verdict::invalid, "the frame's events do not fill it");
    }
    offset_ += aligned(bytes.size());
    next_.value += frame_.events.size();
    return &frame_;
}

Result<std::optional<std::uint64_t>> FrameScanner::find_header(std::uint64_t from,
                                                               FrameHeader& header,
                                                               const GoOn& go_on) {
    for (std::uint64_t at = aligned(from); at + sizeof header <= file_size_;) {
        if (go_on && !go_on(at)) break;
        const auto start = bytes_at(at, sizeof header);
        if (!start) return start.error();
        if (start->size() < sizeof header) break;
        // The rest of the window: a new one for each header that is found would take minutes.
        const ByteSpan bytes = ByteSpan{window_}.subspan(at - window_offset_);
        std::size_t i = first_nonzero(bytes) & ~(frame_alignment - 1);
        for (; i + sizeof header <= bytes.size(); i += frame_alignment) {
            const Verdict verdict = parse_frame(bytes.subspan(i), {header_.salt, at + i}, header);
            if (verdict != Verdict::invalid && plausible(header, at + i, {1})) {
                return std::optional{at + i};
            }
        }
        at += std::min<std::uint64_t>(i, bytes.size() & ~(frame_alignment - 1));
    }
    return std::optional<std::uint64_t>{};
}

/// Where the last byte that is not zero ends.
Result<std::uint64_t> FrameScanner::end_of_content(const GoOn& go_on) const {
    std::vector<std::byte> window(
        std::min(window_size, file_size_ - std::min(offset_, file_size_)));
    std::uint64_t end = offset_;
    for (std::uint64_t at = offset_; at < file_size_;) {
        if (go_on && !go_on(at)) break;
        const auto read = file_->read_at(window, at);
        if (!read) return read.error();
        if (*read == 0) break;
        const ByteSpan bytes = ByteSpan{window}.first(*read);
        if (first_nonzero(bytes) < bytes.size()) {
            std::size_t last = bytes.size();
            while (bytes[last - 1] == std::byte{0}) --last;
            end = at + last;
        }
        at += *read;
    }
    return end;
}

Result<Rest> FrameScanner::rest(const GoOn& go_on) {
    const auto content_end = end_of_content(go_on);
    if (!content_end) return content_end.error();
    Rest rest{.tail_bytes = *content_end - offset_};
    for (std::uint64_t at = offset_ + frame_alignment;;) {
        FrameHeader header;
        const auto found = find_header(at, header, go_on);
        if (!found) return found.error();
        if (!found->has_value()) return rest;
        rest.durable = std::max<std::uint64_t>(rest.durable, header.durable_offset);
        at = **found + frame_alignment;
    }
}

Result<Recovered> recover(const File& file, const SegmentHeader& header, std::uint64_t file_size,
                          std::uint64_t known_durable,
                          const std::function<void(const ScannedFrame&)>& accept) {
    FrameScanner scanner{file, header, file_size};
    Recovered found;
    found.durable = std::max<std::uint64_t>(known_durable, sizeof header);
    found.last_recorded_at = Timestamp{std::chrono::microseconds{header.first_recorded_at}};
    Position whole = scanner.next_position();
    for (;;) {
        const auto frame = scanner.next();
        if (!frame) return frame.error();
        if (*frame == nullptr) break;
        found.durable = std::max<std::uint64_t>(found.durable, (*frame)->header.durable_offset);
        if (!(*frame)->events.empty()) {
            found.last_recorded_at = (*frame)->events.back().recorded_at;
        }
        whole = scanner.next_position();
        accept(**frame);
    }
    found.end = scanner.offset();
    found.next = whole;
    const auto rest = scanner.rest();
    if (!rest) return rest.error();
    found.tail_bytes = rest->tail_bytes;
    const bool damaged = found.end < std::max(found.durable, rest->durable);
    const bool newer = scanner.stop() && scanner.stop()->verdict == Verdict::newer;
    if (damaged || newer) {
        found.damage = scanner.stop().value_or(
            ScanStop{found.end, whole, Verdict::invalid, "the segment ends before its data"});
    }
    found.durable = std::min(found.durable, found.end);
    return found;
}

}  // namespace mainstem::log
