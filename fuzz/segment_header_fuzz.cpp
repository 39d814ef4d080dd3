// Any bytes as the beginning of a segment's file, as they are and under a checksum that holds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <mainstem/core/assert.hpp>
#include <mainstem/store/append.hpp>

#include "log/header.hpp"
#include "log/opening.hpp"
#include "support/memory_file.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::log;

void check(const std::vector<std::byte>& bytes) {
    SegmentHeader header;
    const Verdict verdict = parse(ByteSpan{bytes}, header);
    MAINSTEM_ASSERT(verdict == Verdict::invalid || bytes.size() >= sizeof header, "a whole header");
    MAINSTEM_ASSERT(verdict != Verdict::valid || header.first_position > 0, "a place in the log");

    const support::MemoryFile file{bytes};
    const auto read = read_segment_header(file, "segment");
    if (verdict == Verdict::valid) {
        MAINSTEM_ASSERT(read.value().has_value(), "a valid header is read");
    } else if (verdict == Verdict::newer) {
        MAINSTEM_ASSERT(read.error() == StoreError::newer_format, "a newer version is told");
    } else if (!read) {
        MAINSTEM_ASSERT(read.error() == StoreError::damaged, "anything else is damage");
    } else {
        MAINSTEM_ASSERT(!read->has_value(), "an invalid header is none");
        const auto behind = ByteSpan{bytes}.subspan(std::min(bytes.size(), sizeof header));
        MAINSTEM_ASSERT(std::ranges::all_of(behind, [](std::byte b) { return b == std::byte{0}; }),
                        "only zeros are taken for a segment that was never written");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span{data, size});
    std::vector<std::byte> bytes{input.begin(), input.end()};
    check(bytes);
    if (bytes.size() < sizeof(SegmentHeader)) return 0;
    auto header = load<SegmentHeader>(bytes.data());
    seal(header);
    store(header, bytes.data());
    check(bytes);
    header.magic = segment_magic;
    seal(header);
    store(header, bytes.data());
    check(bytes);
    return 0;
}
