// The rules of names.
#include "read_model/names.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <mainstem/query/query.hpp>

#include "core/shown.hpp"

namespace mainstem::read_model {
namespace {

constexpr std::array<std::string_view, 3> reserved{"mainstem_", "sqlite_", "doc_"};

/// Names are ASCII: no locale has a say in it.
constexpr char small(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_name(std::string_view one, std::string_view other) noexcept {
    return std::ranges::equal(one, other, {}, small, small);
}

Complaint check_name(std::string_view what, std::string_view name) {
    if (!is_collection_name(name)) {
        return fmt::format(
            "the name of {} is a letter, then letters, digits, _ and -, at most 63 bytes: \"{}\"",
            what, shown(name));
    }
    for (const auto prefix : reserved) {
        if (!same_name(name.substr(0, prefix.size()), prefix)) continue;
        return fmt::format("names that begin with {} belong to the system: {}", prefix, name);
    }
    return {};
}

}  // namespace mainstem::read_model
