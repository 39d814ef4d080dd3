// The packed forms of tags and metadata, and views made into values. Views trust their bytes, so
// nothing builds one before `well_formed` has said yes.
#include <mainstem/event/event.hpp>

#include <algorithm>
#include <array>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/limits.hpp>

namespace mainstem {
namespace {

constexpr std::size_t named_parts = 3;  // correlation, causation, actor

std::size_t length_at(std::string_view packed, std::size_t place) noexcept {
    return static_cast<unsigned char>(packed[place]);
}

std::size_t bytes_of_named_parts(std::string_view packed) noexcept {
    return length_at(packed, 0) + length_at(packed, 1) + length_at(packed, 2);
}

}  // namespace

bool TagsView::contains(std::string_view tag) const {
    return std::find(begin(), end(), tag) != end();
}

void TagsView::pack(const std::vector<Tag>& tags, std::string& out) {
    for (const auto& tag : tags) {
        const auto size = tag.view().size();
        MAINSTEM_ASSERT(size > 0 && size <= limits::name_bytes, "a tag has 1 to 255 bytes");
        out += static_cast<char>(size);
        out += tag.view();
    }
}

bool TagsView::well_formed(std::string_view packed) noexcept {
    std::size_t count = 0;
    for (std::size_t at = 0; at < packed.size(); ++count) {
        const auto length = length_at(packed, at);
        if (length == 0 || length > packed.size() - at - 1) return false;
        at += 1 + length;
    }
    return count <= limits::tags_per_event;
}

Metadata MetadataView::to_owned() const {
    return {.correlation = std::string{correlation()},
            .causation = std::string{causation()},
            .actor = std::string{actor()},
            .json = std::string{json()}};
}

void MetadataView::pack(const Metadata& metadata, std::string& out) {
    if (metadata.empty()) return;
    const std::array<std::string_view, named_parts> parts{metadata.correlation, metadata.causation,
                                                          metadata.actor};
    for (const auto part : parts) {
        MAINSTEM_ASSERT(part.size() <= limits::name_bytes, "a part of metadata has 255 bytes");
        out += static_cast<char>(part.size());
    }
    for (const auto part : parts) out += part;
    out += metadata.json;
}

bool MetadataView::well_formed(std::string_view packed) noexcept {
    if (packed.empty()) return true;
    // Metadata that is empty in every part is packed as nothing, so four bytes are the least.
    return packed.size() > named_parts &&
           bytes_of_named_parts(packed) <= packed.size() - named_parts;
}

std::string_view MetadataView::part(int index) const noexcept {
    if (packed_.empty()) return {};
    const auto wanted = static_cast<std::size_t>(index);
    std::size_t begin = named_parts;
    for (std::size_t i = 0; i < wanted; ++i) begin += length_at(packed_, i);
    const auto length = wanted < named_parts ? length_at(packed_, wanted) : std::string_view::npos;
    return packed_.substr(begin, length);
}

Event EventView::to_owned() const {
    return {.position = position,
            .stream = std::string{stream},
            .version = version,
            .type = std::string{type},
            .id = id,
            .recorded_at = recorded_at,
            .occurred_at = occurred_at,
            .tags = {tags.begin(), tags.end()},
            .metadata = metadata.to_owned(),
            .content_type = std::string{content_type},
            .data = std::string{data}};
}

}  // namespace mainstem
