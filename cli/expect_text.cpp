// Parsing of expectations and numbers.
#include "cli/expect_text.hpp"

#include <charconv>

namespace mainstem::cli {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
    return number;
}

std::optional<WantedVersion> parse_wanted(std::string_view text) {
    if (text == "any") return WantedVersion{};
    if (text == "none") return WantedVersion{.expect = Expect::none};
    if (text == "exists") return WantedVersion{.expect = Expect::exists};
    const auto number = parse_number(text);
    if (!number) return std::nullopt;
    if (*number == 0) return WantedVersion{.expect = Expect::none};
    return WantedVersion{.version = Version{*number}};
}

}  // namespace mainstem::cli
