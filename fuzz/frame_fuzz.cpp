// Any bytes as the frames of a segment. Checksums would stop nearly every input at the door, so the
// target puts right what the first byte asks for: then the decoders behind them are reached.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "core/crc32c.hpp"
#include "log/format.hpp"
#include "log/frame.hpp"
#include "log/header.hpp"
#include "log/scan.hpp"
#include "log/segment.hpp"
#include "support/index_bytes.hpp"
#include "support/memory_file.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::log;

constexpr std::uint64_t salt = 77;

/// What the first byte of an input asks for.
struct Repairs {
    bool frames;     ///< checksums of frame headers
    bool positions;  ///< first positions that follow each other
    bool events;     ///< checksums of events
    bool durable;    ///< the next two bytes are what HEAD says, else HEAD says nothing
    bool index;      ///< not a repair: an index is made, too, which takes ten times as long

    explicit Repairs(std::uint8_t mode)
        : frames((mode & 1) != 0),
          positions((mode & 2) != 0),
          events((mode & 4) != 0),
          durable((mode & 8) != 0),
          index((mode & 16) != 0) {}
};

SegmentHeader segment_header() {
    SegmentHeader header;
    header.first_position = 1;
    header.salt = salt;
    seal(header);
    return header;
}

/// Gives the event at the front of `bytes` the checksum that it must have; returns its size, or 0.
std::size_t repair_event(std::span<std::byte> bytes, std::uint64_t position) {
    if (bytes.size() < sizeof(EventHeader)) return 0;
    const auto header = load<EventHeader>(bytes.data());
    if (header.size < sizeof header || header.size > bytes.size()) return 0;
    constexpr std::size_t begin = offsetof(EventHeader, size);
    std::uint32_t sum = crc32c(0, &bytes[begin], offsetof(EventHeader, version) - begin);
    sum = crc32c(sum, bytes.data() + sizeof header, header.size - sizeof header);
    assign(bytes.data(), sum,
           {.version = {header.version},
            .recorded_at = Timestamp{std::chrono::microseconds{header.recorded_at}},
            .position = {position},
            .salt = salt});
    return header.size;
}

void repair(std::vector<std::byte>& bytes, const Repairs& repairs) {
    std::uint64_t next = 1;
    for (std::size_t at = sizeof(SegmentHeader); at + sizeof(FrameHeader) <= bytes.size();) {
        auto header = load<FrameHeader>(&bytes[at]);
        if (repairs.positions) header.first_position = next;
        if (repairs.frames) seal(header, {salt, at});
        store(header, &bytes[at]);
        const std::size_t most = bytes.size() - at - sizeof header;
        const std::size_t size = std::min<std::size_t>(header.stored_size, most);
        const std::span events{bytes.data() + at + sizeof header, size};
        std::size_t done = 0;
        for (std::uint32_t i = 0; repairs.events && i < header.count; ++i) {
            const auto step = repair_event(events.subspan(done), header.first_position + i);
            if (step == 0) break;
            done += step;
        }
        next = header.first_position + header.count;
        at += aligned(sizeof header + size);
    }
}

/// Touches every byte of an event.
void check_event(const EventView& view) {
    const Event event = view.to_owned();
    MAINSTEM_ASSERT(event.stream.size() <= 255 && event.tags.size() <= 64, "beyond the limits");
    MAINSTEM_ASSERT(view.tags.size() == event.tags.size(), "the tags are those that were copied");
    MAINSTEM_ASSERT(event.data.size() == view.data.size(), "the data are those that were copied");
}

void check_frame(const ScannedFrame& frame) {
    MAINSTEM_ASSERT(frame.events.size() == frame.offsets.size(), "an offset for each event");
    MAINSTEM_ASSERT(frame.offset % frame_alignment == 0, "frames are aligned");
    for (const EventView& view : frame.events) check_event(view);
}

/// An index of everything that is found, if the versions in it follow each other.
void check_index(const File& file, const SegmentHeader& header, std::uint64_t size) {
    MemoryIndex index;
    FrameScanner scanner{file, header, size};
    while (const ScannedFrame* frame = scanner.next().value()) {
        if (!add_frame(index, *frame)) return;
    }
    static_cast<void>(support::index_bytes(index, header, scanner.offset()));
}

void check_scan(const File& file, const SegmentHeader& header, std::uint64_t size,
                std::uint64_t known_durable) {
    const auto recovered = recover(file, header, size, known_durable, check_frame).value();
    MAINSTEM_ASSERT(recovered.end <= aligned(size), "the end lies in the file");
    MAINSTEM_ASSERT(recovered.durable <= recovered.end, "what is durable was found whole");
    MAINSTEM_ASSERT(recovered.end + recovered.tail_bytes <= aligned(size), "so does the tail");

    FrameScanner finder{file, header, size};
    FrameHeader found;
    std::uint64_t from = 0;
    while (const auto at = finder.find_header(from, found).value()) {
        MAINSTEM_ASSERT(*at >= from && *at + sizeof found <= size, "a header lies in the file");
        from = *at + frame_alignment;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const Repairs repairs{data[0]};
    const std::uint64_t durable = repairs.durable ? data[1] + 256U * data[2] : 0;
    const auto input = std::as_bytes(std::span{data, size}).subspan(3);

    EventView view;
    std::size_t event_size = 0;
    static_cast<void>(parse_event(input, {1}, salt, view, event_size));

    const SegmentHeader header = segment_header();
    const auto front = bytes_of(header);
    std::vector<std::byte> bytes{front.begin(), front.end()};
    bytes.insert(bytes.end(), input.begin(), input.end());
    repair(bytes, repairs);
    const std::uint64_t file_size = bytes.size();
    const support::MemoryFile file{std::move(bytes)};
    check_scan(file, header, file_size, durable);
    if (repairs.index) check_index(file, header, file_size);
    return 0;
}
