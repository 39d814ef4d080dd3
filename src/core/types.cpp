// How expected versions read in messages.
#include <mainstem/core/types.hpp>

#include <fmt/format.h>

namespace mainstem {

std::string ExpectedVersion::to_string() const {
    if (expect_ == Expect::none) return "none";
    if (expect_ == Expect::exists) return "exists";
    if (is_any()) return "any";
    return fmt::format("version {}", version_.value);
}

}  // namespace mainstem
