// Base64 (RFC 4648, section 4: with padding). Boost has it only inside Beast's internals, without
// a check of the input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mainstem::cli {

/// Appends the code of `bytes` to `out`. O(size).
void append_base64(std::string& out, std::string_view bytes);

/// The bytes of `code`; nullopt unless it is exactly what `append_base64` makes of some bytes.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view code);

}  // namespace mainstem::cli
