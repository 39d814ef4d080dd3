// Base64 for names and addresses (RFC 4648, section 5), without padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mainstem::query {

[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// The bytes of `code`; nullopt unless it is exactly what `to_base64url` makes of some bytes.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view code);

}  // namespace mainstem::query
