// Sealing and checking the fixed records of the log: segment headers and HEAD.
#pragma once

#include "core/disk.hpp"
#include "log/format.hpp"

namespace mainstem::log {

/// Sets the checksum.
void seal(SegmentHeader& header) noexcept;
void seal(HeadRecord& head) noexcept;

/// Reads a header out of the first bytes of a file; `header` is set unless invalid. O(1).
Verdict parse(ByteSpan bytes, SegmentHeader& header) noexcept;
Verdict parse(ByteSpan bytes, HeadRecord& head) noexcept;

}  // namespace mainstem::log
