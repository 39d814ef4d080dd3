// Turns lines of filters into lines of lanes.
#include "log/filter_join.hpp"

#include <algorithm>
#include <array>

#include <mainstem/core/assert.hpp>
#include <mainstem/store/append.hpp>

#include "log/block_writer.hpp"

namespace mainstem::log {
namespace {

constexpr std::size_t joined_at_once = 8;

/// Takes bit b of byte s to bit s of byte b (Warren: Hacker's Delight, 2nd edition, 7-3).
std::uint64_t transpose(std::uint64_t bits) noexcept {
    std::uint64_t swapped = (bits ^ bits >> 7) & 0x00AA00AA00AA00AAULL;
    bits ^= swapped ^ swapped << 7;
    swapped = (bits ^ bits >> 14) & 0x0000CCCC0000CCCCULL;
    bits ^= swapped ^ swapped << 14;
    swapped = (bits ^ bits >> 28) & 0x00000000F0F0F0F0ULL;
    return bits ^ swapped ^ swapped << 28;
}

using SourceLines = std::array<std::vector<std::byte>, joined_at_once>;

/// Lines of segments: bit b of each becomes byte b, bit s of which is that of segment s.
void join_bits(const SourceLines& lines, std::span<std::byte> to) {
    for (std::size_t i = 0; i < filter_line_bits / 8; ++i) {
        std::uint64_t bits = 0;
        for (std::size_t s = 0; s < joined_at_once; ++s) {
            bits |= static_cast<std::uint64_t>(lines[s][i]) << (8 * s);
        }
        bits = transpose(bits);
        std::memcpy(&to[8 * i], &bits, sizeof bits);
    }
}

/// Lines of bytes: byte b of each becomes byte s of lane b.
void join_bytes(const SourceLines& lines, std::span<std::byte> to) {
    for (std::size_t b = 0; b < filter_line_bits; ++b) {
        for (std::size_t s = 0; s < joined_at_once; ++s) to[joined_at_once * b + s] = lines[s][b];
    }
}

/// Reads lines of sources that may have fewer of them.
class SourceReader {
public:
    SourceReader(std::span<const FilterSource> sources, std::uint64_t lines, std::size_t line_size)
        : sources_(sources), lines_(lines) {
        for (auto& line : current_) line.resize(line_size);
        at_.fill(~std::uint64_t{0});
    }

    /// The lines of all sources that stand in line `line` of the joined filter.
    Result<const SourceLines*> read(std::uint64_t line) {
        for (std::size_t s = 0; s < sources_.size(); ++s) {
            const std::uint64_t here = line / (lines_ / sources_[s].lines);
            if (std::exchange(at_[s], here) == here) continue;
            const auto copied = sources_[s].copy_line(here, current_[s]);
            if (!copied) return copied.error();
        }
        return &current_;
    }

private:
    std::span<const FilterSource> sources_;
    std::uint64_t lines_;
    SourceLines current_;
    std::array<std::uint64_t, joined_at_once> at_;
};

}  // namespace

Result<FilterSource> source_of(const Segment& listed) {
    const auto segment =
        std::make_shared<Segment>(listed.context(), listed.first(), listed.visible().count);
    const auto index = segment->index_in_order();
    if (!index && index.error() == DiskError::not_found) return FilterSource{};
    if (!index) return index.error();
    const IndexFilter* filter = (*index)->filter();
    if (filter == nullptr || !std::has_single_bit(filter->lines())) return FilterSource{};
    const std::uint64_t lines = filter->lines();
    // A block that is damaged has the index made anew.
    const auto copy_line = [segment, lines](std::uint64_t line, std::span<std::byte> to) {
        bool same = false;
        const auto copied = segment->with_index([&](const SegmentIndex& now) -> Result<void> {
            same = now.filter() != nullptr && now.filter()->lines() == lines;
            return same ? now.filter()->copy_line(line, to) : Result<void>{};
        });
        if (!copied || same) return copied;
        return Result<void>{Error{StoreError::cancelled, "its index has changed"}};
    };
    return FilterSource{lines, copy_line};
}

FilterSource source_of(std::shared_ptr<const JoinedFilter> filter) {
    const std::uint64_t lines = filter->lines();
    return {lines, [filter = std::move(filter)](std::uint64_t line, std::span<std::byte> to) {
                return filter->copy_line(line, to);
            }};
}

Result<void> join_filters(std::span<const FilterSource> sources, const JoinedFilterOwner& owner,
                          File& file, const std::function<bool()>& stopped) {
    MAINSTEM_ASSERT(sources.size() == joined_at_once, "filters are joined by eight");
    const bool of_segments = owner.segment_count == few_joined;
    JoinedFilterHeader header;
    header.segment_count = static_cast<std::uint32_t>(owner.segment_count);
    header.first_position = owner.first_position;
    header.line_count = std::ranges::max(sources, {}, &FilterSource::lines).lines;

    const std::size_t size = joined_line(owner.segment_count);
    const std::size_t in_block = block_content / size;
    SourceReader reader{sources, header.line_count,
                        of_segments ? filter_line : joined_line(few_joined)};
    BlockWriter blocks{sink_of(file), owner.salt};
    std::vector<std::byte> content(in_block * size);
    for (std::uint64_t line = 0; line < header.line_count;) {
        if (stopped()) return Error{StoreError::cancelled, "the store is being closed"};
        const std::uint64_t here = std::min<std::uint64_t>(in_block, header.line_count - line);
        for (std::uint64_t i = 0; i < here; ++i, ++line) {
            const auto lines = reader.read(line);
            if (!lines) return lines.error();
            const auto to = std::span{content}.subspan(i * size, size);
            of_segments ? join_bits(**lines, to) : join_bytes(**lines, to);
        }
        const auto added = blocks.add(ByteSpan{content}.first(here * size));
        if (!added) return added;
    }
    std::array<std::byte, sizeof header> first;
    store(header, first.data());
    return blocks.finish(first);
}

Result<bool> agrees(const JoinedFilter& filter, std::span<const FilterSource> segments) {
    const std::uint64_t lines = filter.lines();
    const auto most = std::ranges::max(segments, {}, &FilterSource::lines).lines;
    if (lines != most) return false;
    const std::size_t lane = segments.size() / segments_in_lane;
    std::vector<SourceReader> readers;
    readers.reserve(lane);
    for (std::size_t i = 0; i < lane; ++i) {
        readers.emplace_back(segments.subspan(i * joined_at_once, joined_at_once), lines,
                             filter_line);
    }
    std::vector<std::byte> joined(joined_line(segments.size()));
    std::vector<std::byte> expected(joined_line(few_joined));
    for (std::uint64_t line = 0; line < lines; ++line) {
        const auto copied = filter.copy_line(line, joined);
        if (!copied) return copied.error();
        for (std::size_t i = 0; i < lane; ++i) {
            const auto of_eight = readers[i].read(line);
            if (!of_eight) return of_eight.error();
            join_bits(**of_eight, expected);
            for (std::size_t bit = 0; bit < filter_line_bits; ++bit) {
                if (joined[bit * lane + i] != expected[bit]) return false;
            }
        }
    }
    return true;
}

}  // namespace mainstem::log
