// Reads joined filters.
#include "log/joined_filter.hpp"

#include <mainstem/core/assert.hpp>
#include <mainstem/store/append.hpp>

#include "log/hash.hpp"

namespace mainstem::log {
namespace {

/// The bits of a hash in a line, of all segments at once.
template <class Lane>
std::uint64_t lanes_of(const FilterPlace& place, const std::byte* line) {
    Lane lanes = static_cast<Lane>(~Lane{0});
    for (unsigned i = 0; i < FilterPlace::bits_for_each; ++i) {
        lanes &= load<Lane>(line + place.bit(i) * sizeof(Lane));
    }
    return lanes;
}

}  // namespace

std::uint64_t joined_salt(std::span<const std::uint64_t> salts) noexcept {
    return hash_of({reinterpret_cast<const char*>(salts.data()), salts.size_bytes()});
}

JoinedFilter::JoinedFilter(std::unique_ptr<BlockReader> blocks, const JoinedFilterHeader& header)
    : blocks_(std::move(blocks)),
      segment_count_(header.segment_count),
      line_count_(header.line_count),
      section_(*blocks_,
               {.name = {},
                .first_block = 1,
                .reserved = 0,
                .size = header.line_count * joined_line(header.segment_count)},
               joined_line(header.segment_count)) {}

Result<std::shared_ptr<const JoinedFilter>> JoinedFilter::open(std::unique_ptr<File> file,
                                                               std::string path,
                                                               const JoinedFilterOwner& owner,
                                                               PageCache& pages) {
    auto blocks = BlockReader::open(std::move(file), path, owner.salt, pages);
    if (!blocks) return blocks.error();
    JoinedFilterHeader header;
    const auto looked = (*blocks)->look(
        0, [&header](const std::byte* content) { header = load<JoinedFilterHeader>(content); });
    if (!looked) return looked.error();
    if (header.magic != joined_filter_magic || header.version != joined_filter_version) {
        return Error{StoreError::damaged, path + ": is a filter of another version"};
    }
    if (header.first_position != owner.first_position ||
        header.segment_count != owner.segment_count || !std::has_single_bit(header.line_count) ||
        header.line_count > most_filter_lines) {
        return Error{StoreError::damaged, path + ": is the filter of other segments"};
    }
    return std::shared_ptr<const JoinedFilter>{new JoinedFilter{*std::move(blocks), header}};
}

Result<std::uint64_t> JoinedFilter::holders(std::uint64_t hash) const {
    const FilterPlace place{hash};
    const std::uint64_t line = place.line(line_count_);
    const std::size_t size = joined_line(segment_count_);
    const std::uint64_t in_block = section_.in_block() / size;
    std::uint64_t found = 0;
    const auto looked = section_.look(line / in_block, [&](ByteSpan content) {
        const std::byte* here = &content[line % in_block * size];
        found = segment_count_ == few_joined ? lanes_of<std::uint8_t>(place, here)
                                             : lanes_of<std::uint64_t>(place, here);
    });
    if (!looked) return looked.error();
    return found;
}

Result<void> JoinedFilter::check_blocks() const {
    const std::uint64_t in_block = section_.in_block() / joined_line(segment_count_);
    for (std::uint64_t line = 0; line < line_count_; line += in_block) {
        const auto looked = section_.look_once(line / in_block, [](ByteSpan) {});
        if (!looked) return looked;
    }
    return {};
}

Result<void> JoinedFilter::copy_line(std::uint64_t line, std::span<std::byte> to) const {
    MAINSTEM_ASSERT(to.size() == joined_line(segment_count_), "a line of another size");
    const std::uint64_t in_block = section_.in_block() / to.size();
    return section_.look_once(line / in_block, [&](ByteSpan content) {
        std::memcpy(to.data(), &content[line % in_block * to.size()], to.size());
    });
}

}  // namespace mainstem::log
