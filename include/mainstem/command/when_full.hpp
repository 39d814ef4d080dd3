// What a bounded queue does with one more.
#pragma once

#include <cstdint>

namespace mainstem {

enum class WhenFull : std::uint8_t {
    block,   ///< the caller waits for room
    refuse,  ///< it is refused at once
};

}  // namespace mainstem
