// CRC32C (Castagnoli polynomial, as in iSCSI, RFC 3720 appendix B.4), by the processor's
// instruction where there is one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mainstem {

/// The checksum of `size` bytes appended to data whose checksum is `crc` (0 for none). O(size).
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, const void* data, std::size_t size) noexcept;

}  // namespace mainstem
