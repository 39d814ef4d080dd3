// Any bytes as a joined filter: as they are, and as the contents of blocks behind a header that
// fits. Whatever it answers, it does not read beyond its file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "log/joined_filter.hpp"
#include "support/memory_file.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::log;

constexpr std::uint64_t salt = 77;

/// The input's first bytes as a header that gets past the first look, the rest as lines.
std::vector<std::byte> as_blocks(ByteSpan input, std::size_t segments) {
    const std::size_t blocks = 1 + (input.size() + block_content - 1) / block_content;
    std::vector<std::byte> bytes(blocks * block_size);
    JoinedFilterHeader header;
    header.segment_count = static_cast<std::uint32_t>(segments);
    header.first_position = 1;
    header.line_count = 1;
    if (!input.empty()) header.line_count <<= static_cast<unsigned>(input.front()) % 28;
    store(header, bytes.data());
    for (std::size_t at = 0; at < input.size(); at += block_content) {
        const std::size_t block = (1 + at / block_content) * block_size;
        std::memcpy(&bytes[block], &input[at], std::min(block_content, input.size() - at));
    }
    for (std::uint32_t block = 0; block < blocks; ++block) {
        std::byte* content = &bytes[block * block_size];
        const std::uint32_t checksum = block_checksum(content, block, salt);
        std::memcpy(content + block_content, &checksum, sizeof checksum);
    }
    return bytes;
}

void ask(std::vector<std::byte> bytes, std::size_t segments) {
    PageCache pages{mainstem::Bytes{1 << 20}};
    const auto filter = JoinedFilter::open(std::make_unique<support::MemoryFile>(std::move(bytes)),
                                           "filter", {1, segments, salt}, pages);
    if (!filter) return;
    std::vector<std::byte> line(joined_line(segments));
    for (const std::uint64_t hash : {0UL, 0x0123456789ABCDEFUL, ~0UL}) {
        const auto holders = (*filter)->holders(hash);
        MAINSTEM_ASSERT(!holders || segments == most_joined || *holders < 256, "a bit for each");
        const std::uint64_t last = (*filter)->lines() - 1;
        static_cast<void>((*filter)->copy_line(std::min(hash, last), line).has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto input = std::as_bytes(std::span{data, size}).subspan(1);
    const std::size_t segments = data[0] % 2 == 0 ? few_joined : most_joined;
    if (data[0] % 4 < 2) {
        ask({input.begin(), input.end()}, segments);
    } else {
        ask(as_blocks(input, segments), segments);
    }
    return 0;
}
