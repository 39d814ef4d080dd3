// How texts of callers are shown in messages.
#pragma once

#include <string>
#include <string_view>

namespace mainstem {

/// `text` as it may stand in a message of one line: shortened to about 60 bytes, with control
/// characters and bytes that are no UTF-8 as escapes.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace mainstem
