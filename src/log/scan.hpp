// Recovery's judgement: what of a segment is whole, what is an unacknowledged tail, what is damage
// of acknowledged data. Reads, never writes; the caller acts on the verdict.
//
// Damage = an invalid place below what is known to have been on the disk: HEAD's durable offset or
// the durable offset in any later valid frame. Zeros prove no end: the whole file is looked at.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/disk.hpp"
#include "log/format.hpp"
#include "log/frame.hpp"
#include "log/segment_index.hpp"

namespace mainstem::log {

/// A frame that was found whole. Views are valid during the call.
struct ScannedFrame {
    std::uint64_t offset = 0;
    FrameHeader header;
    std::vector<EventView> events;
    std::vector<std::uint32_t> offsets;  ///< of the events, in the segment
};

/// Why a scan stopped before the end of the file.
struct ScanStop {
    std::uint64_t offset = 0;  ///< of the frame that is not valid
    Position position;         ///< that its first event should have
    Verdict verdict = Verdict::invalid;
    std::string what;
};

/// Asked by what may take long, at least once in each MiB: whether to go on from `offset`. After a
/// no the answer of what was asked for is of no use.
using GoOn = std::function<bool(std::uint64_t offset)>;

/// What lies behind the last whole frame.
struct Rest {
    std::uint64_t tail_bytes = 0;  ///< up to the last byte that is not zero
    std::uint64_t durable = 0;     ///< the largest durable offset that a header in it tells of
};

/// Reads frames one after the other.
class FrameScanner {
public:
    FrameScanner(const File& file, const SegmentHeader& header, std::uint64_t file_size)
        : file_(&file), header_(header), file_size_(file_size), next_{header.first_position} {}

    /// Goes on at a frame that is known to begin at `offset` with event `position`.
    void seek(std::uint64_t offset, Position position) {
        offset_ = offset;
        next_ = position;
    }

    /// The next frame; nullptr where no valid one begins (see `stop`). Errors: io.
    Result<const ScannedFrame*> next();

    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    [[nodiscard]] Position next_position() const noexcept { return next_; }
    [[nodiscard]] const std::optional<ScanStop>& stop() const noexcept { return stop_; }

    /// The next offset from `from` at which a valid frame header begins; nullopt if there is
    /// none. O(file), quick over zeros. Its header is set.
    Result<std::optional<std::uint64_t>> find_header(std::uint64_t from, FrameHeader& header,
                                                     const GoOn& go_on = {});
    /// Looks at everything from where the last whole frame ends. O(file).
    Result<Rest> rest(const GoOn& go_on = {});

private:
    Result<std::uint64_t> end_of_content(const GoOn& go_on) const;
    Result<ByteSpan> bytes_at(std::uint64_t offset, std::uint64_t size);
    Result<const ScannedFrame*> stopped(Verdict verdict, std::string what);
    Result<const ScannedFrame*> take_events(ByteSpan bytes);

    const File* file_;
    SegmentHeader header_;
    std::uint64_t file_size_;
    std::uint64_t offset_ = sizeof(SegmentHeader);
    Position next_;
    ScannedFrame frame_;
    std::optional<ScanStop> stop_;
    std::vector<std::byte> window_;
    std::uint64_t window_offset_ = 0;
};

/// What a scan of the last segment says.
struct Recovered {
    std::uint64_t end = 0;      ///< of the last whole frame
    std::uint64_t durable = 0;  ///< offset up to which the disk is known to hold everything
    Position next;              ///< the first position that is free
    Timestamp last_recorded_at;
    std::uint64_t tail_bytes = 0;    ///< beyond `end`, up to the last byte that is not zero
    std::optional<ScanStop> damage;  ///< set: acknowledged data is damaged or of a newer version
};

/// Judges the last segment. `known_durable` is HEAD's durable offset if HEAD names this segment, 0
/// otherwise. `accept` is called with each whole frame in order. Errors: io. O(file).
Result<Recovered> recover(const File& file, const SegmentHeader& header, std::uint64_t file_size,
                          std::uint64_t known_durable,
                          const std::function<void(const ScannedFrame&)>& accept);

}  // namespace mainstem::log
