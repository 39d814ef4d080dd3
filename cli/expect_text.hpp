// What a user says a stream must look like before an append: any, none, exists or a version.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/types.hpp>

namespace mainstem::cli {

/// As ExpectedVersion, but its parts can be looked at: lines of one batch have to be added up.
struct WantedVersion {
    Expect expect = Expect::any;
    Version version = {};  ///< if not 0, exactly this one, and `expect` means nothing

    [[nodiscard]] ExpectedVersion as_expected() const {
        return version.value == 0 ? ExpectedVersion{expect} : ExpectedVersion{version};
    }
    bool operator==(const WantedVersion&) const = default;
};

inline constexpr std::string_view wanted_choices = "any, none, exists or a version";

/// nullopt if `text` is none of `wanted_choices`. Version 0 is the same as `none`.
[[nodiscard]] std::optional<WantedVersion> parse_wanted(std::string_view text);

/// A whole number in decimal digits; nullopt for anything else and for what 64 bits cannot hold.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace mainstem::cli
