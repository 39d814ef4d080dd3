// A number and a unit.
#include "cli/size_text.hpp"

#include <array>
#include <utility>

#include "cli/expect_text.hpp"

namespace mainstem::cli {

std::optional<Bytes> parse_size(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, unsigned>, 3> units{
        {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
    unsigned shift = 0;
    for (const auto& [name, bits] : units) {
        if (!text.ends_with(name)) continue;
        shift = bits;
        text.remove_suffix(name.size());
        break;
    }
    const auto number = parse_number(text);
    if (!number || *number > ~std::uint64_t{0} >> shift) return std::nullopt;
    return Bytes{*number << shift};
}

}  // namespace mainstem::cli
