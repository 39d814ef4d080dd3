// Two tags with one hash, found by turning XXH3 round for eight bytes: what an index that knows
// hashes alone cannot tell apart.
#pragma once

#include <string_view>

namespace mainstem::support {

inline constexpr std::string_view one_tag = "eaaad..";
inline constexpr std::string_view other_tag = "lKRJVq'v";

}  // namespace mainstem::support
