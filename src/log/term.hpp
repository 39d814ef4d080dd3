// Terms: what an event can be found by, besides its stream. An index knows for each term the events
// that have it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <mainstem/event/event.hpp>

#include "log/hash.hpp"

namespace mainstem::log {

/// An event's place in its segment: 0 for the first.
using Ordinal = std::uint32_t;

/// The events `begin` to, not included, `end` of a segment.
struct OrdinalRange {
    Ordinal begin = 0;
    Ordinal end = 0;

    [[nodiscard]] bool empty() const noexcept { return begin >= end; }
    [[nodiscard]] std::uint64_t size() const noexcept { return empty() ? 0 : end - begin; }
};

/// Also the seed of the term's hash, so that a tag and a type of the same text differ.
enum class TermKind : std::uint8_t { type = 1, tag = 2 };

/// A term with its hash, computed once. Does not own its text.
struct TermKey {
    std::uint64_t hash = 0;
    std::string_view text;
    TermKind kind = TermKind::type;

    TermKey(TermKind kind_in, std::string_view text_in) noexcept
        : hash(hash_of(text_in, static_cast<std::uint64_t>(kind_in))),
          text(text_in),
          kind(kind_in) {}
};

/// Sets `out` to the terms of an event.
inline void terms_of(const EventView& event, std::vector<TermKey>& out) {
    out.clear();
    out.emplace_back(TermKind::type, event.type);
    for (const std::string_view tag : event.tags) out.emplace_back(TermKind::tag, tag);
}

/// Events that have one of some types (none: any) and all of some tags. Not both are empty.
struct TermItem {
    std::span<const TermKey> types;
    std::span<const TermKey> tags;
    bool passed_filter = false;  ///< a joined one: that of the segment would say the same
};

}  // namespace mainstem::log
