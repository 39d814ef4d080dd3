// Any bytes as an index file: as they are; as the contents of blocks, under checksums that hold;
// and as the contents of sections behind a header that fits them. Whatever an index answers, it
// does not run beyond its events, yields no more than was asked for, and comes to an end.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "log/index_block.hpp"
#include "log/index_file.hpp"
#include "log/index_format.hpp"
#include "support/memory_file.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::log;

constexpr std::uint64_t salt = 77;

void seal_blocks(std::vector<std::byte>& bytes) {
    for (std::uint32_t block = 0; block < bytes.size() / block_size; ++block) {
        std::byte* content = &bytes[block * block_size];
        const std::uint32_t checksum = block_checksum(content, block, salt);
        std::memcpy(content + block_content, &checksum, sizeof checksum);
    }
}

/// The input cut into blocks, with a header that gets past the first look.
std::vector<std::byte> as_blocks(ByteSpan input) {
    std::vector<std::byte> bytes(block_size);
    for (std::size_t at = 0; at < input.size(); at += block_content) {
        const std::size_t block = at / block_content * block_size;
        bytes.resize(block + block_size);
        std::memcpy(&bytes[block], &input[at], std::min(block_content, input.size() - at));
    }
    auto header = load<IndexHeader>(bytes.data());
    header.magic = index_magic;
    header.version = index_version;
    header.section_count =
        static_cast<std::uint32_t>(header.section_count % (index_sections_most + 1));
    store(header, bytes.data());
    seal_blocks(bytes);
    return bytes;
}

/// Sections of the input's bytes: before each the size of its content, two bytes.
std::vector<std::byte> as_sections(ByteSpan input) {
    struct Kind {
        std::array<char, 8> name;
        std::size_t entry_size;
    };
    constexpr std::array<Kind, 9> kinds{{{{'s', 't', 'r', 'e', 'a', 'm', 's'}, 1},
                                         {{'n', 'a', 'm', 'e', 's'}, 4},
                                         {{'h', 'a', 's', 'h', 'e', 's'}, sizeof(HashEntry)},
                                         {{'r', 'e', 'q', 'u', 'e', 's', 't', 's'}, 8},
                                         {{'o', 'f', 'f', 's', 'e', 't', 's'}, 4},
                                         {{'t', 'e', 'r', 'm', 's'}, sizeof(HashEntry)},
                                         {{'p', 'o', 's', 't', 'i', 'n', 'g', 's'}, 1},
                                         {{'s', 'k', 'i', 'p', 's'}, sizeof(SkipEntry)},
                                         {{'f', 'i', 'l', 't', 'e', 'r'}, filter_line}}};
    // A filter that lets everything pass, unless the input has one.
    static constexpr auto open_filter = [] {
        std::array<std::byte, filter_line> line{};
        line.fill(std::byte{0xFF});
        return line;
    }();
    const auto take = [&input](std::size_t size) {
        const ByteSpan taken = input.first(std::min(size, input.size()));
        input = input.subspan(taken.size());
        return taken;
    };
    const auto take_number = [&take] {
        std::uint16_t number = 0;
        const ByteSpan taken = take(sizeof number);
        if (!taken.empty()) std::memcpy(&number, taken.data(), taken.size());
        return number;
    };
    std::vector<std::byte> bytes(block_size);
    IndexHeader header;
    header.event_count = take_number();
    for (const auto& [name, entry_size] : kinds) {
        ByteSpan content = take(take_number());
        if (content.empty() && entry_size == filter_line) content = open_filter;
        IndexSection& section = header.sections[header.section_count++];
        section.name = name;
        section.first_block = static_cast<std::uint32_t>(bytes.size() / block_size);
        section.size = content.size();
        const std::size_t in_block = block_content / entry_size * entry_size;
        for (std::size_t at = 0; at < content.size(); at += in_block) {
            const std::size_t block = bytes.size();
            bytes.resize(block + block_size);
            std::memcpy(&bytes[block], &content[at], std::min(in_block, content.size() - at));
        }
    }
    store(header, bytes.data());
    seal_blocks(bytes);
    return bytes;
}

void ask_streams(const IndexFile& index, std::string_view name, Ordinal count) {
    const auto found = index.find(StreamKey{name}, count);
    if (!found || !*found) return;
    MAINSTEM_ASSERT((*found)->last_ordinal < count, "an event of the segment");
    std::vector<Ordinal> ordinals;
    if (!index.ordinals(**found, {1}, (*found)->last, ordinals)) return;
    for (const Ordinal ordinal : ordinals) {
        MAINSTEM_ASSERT(ordinal < count, "an event of the segment");
    }
}

void ask_terms(const IndexFile& index, const TermItem& item, OrdinalRange range) {
    constexpr std::size_t limit = 200;
    std::vector<Ordinal> few;
    const auto estimate = index.find_few(item, range, limit, few);
    MAINSTEM_ASSERT(few.size() <= limit, "few are no more than was asked for");
    for (const auto direction : {Direction::forward, Direction::backward}) {
        std::vector<Ordinal> found;
        const bool whole = index.find_terms(item, range, direction, limit, found).has_value();
        MAINSTEM_ASSERT(found.size() <= limit, "no more than was asked for");
        MAINSTEM_ASSERT(!whole || !estimate || found.size() <= *estimate, "no more than estimated");
        if (direction == Direction::backward) std::ranges::reverse(found);
        MAINSTEM_ASSERT(std::ranges::adjacent_find(found, std::greater_equal{}) == found.end(),
                        "in order, and none twice");
        for (const Ordinal ordinal : found) {
            MAINSTEM_ASSERT(ordinal >= range.begin && ordinal < range.end, "within the range");
        }
    }
}

void ask_terms(const IndexFile& index, Ordinal count) {
    const std::array types{TermKey{TermKind::type, "a"}, TermKey{TermKind::type, "b"}};
    const std::array tags{TermKey{TermKind::tag, "a"}, TermKey{TermKind::tag, "b"}};
    for (const std::size_t type_count : {0U, 1U, 2U}) {
        for (const std::size_t tag_count : {0U, 1U, 2U}) {
            if (type_count + tag_count == 0) continue;
            const TermItem item{std::span{types}.first(type_count),
                                std::span{tags}.first(tag_count)};
            ask_terms(index, item, {0, count});
            ask_terms(index, item, {count / 3, count - count / 3});
        }
    }
}

void ask(const std::vector<std::byte>& bytes, const IndexOwner& owner) {
    PageCache pages{mainstem::Bytes{1 << 20}};
    const auto index =
        IndexFile::open(std::make_unique<support::MemoryFile>(bytes), "index", owner, pages);
    if (!index) return;
    const auto count = static_cast<Ordinal>(owner.event_count);
    std::vector<StreamInfo> streams;
    static_cast<void>((*index)->list({}, {}, 100, count, streams).has_value());
    static_cast<void>((*index)->list("a", "ab", 3, count, streams).has_value());
    MAINSTEM_ASSERT(streams.size() <= 103, "no more than was asked for");
    for (const StreamInfo& info : streams) {
        MAINSTEM_ASSERT(info.last_position.value < count, "an event of the segment");
        ask_streams(**index, info.stream.view(), count);
    }
    ask_streams(**index, "a", count);
    std::vector<std::uint32_t> offsets;
    if (count > 0) static_cast<void>((*index)->offsets(0, count - 1, offsets).has_value());
    MAINSTEM_ASSERT(offsets.size() <= count, "an offset for each event");
    std::vector<Ordinal> requests;
    for (const std::uint32_t hash : {0U, 1U, ~0U}) {
        static_cast<void>((*index)->requests(hash, requests).has_value());
    }
    for (const Ordinal ordinal : requests) {
        MAINSTEM_ASSERT(ordinal < count, "an event of the segment");
    }
    ask_terms(**index, count);
}

void ask(const std::vector<std::byte>& bytes) {
    if (bytes.size() < block_size) return;
    const auto header = load<IndexHeader>(bytes.data());
    ask(bytes, {header.first_position, static_cast<Ordinal>(header.event_count), salt});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto input = std::as_bytes(std::span{data, size}).subspan(1);
    switch (data[0] % 3) {
        case 0: ask({input.begin(), input.end()}); break;
        case 1: ask(as_blocks(input)); break;
        default: ask(as_sections(input)); break;
    }
    return 0;
}
