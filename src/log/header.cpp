// Checksums and versions of the fixed records.
#include "log/header.hpp"

#include "core/crc32c.hpp"

namespace mainstem::log {
namespace {

template <class Record>
std::uint32_t checksum_of(const Record& record) noexcept {
    return crc32c(0, &record, offsetof(Record, checksum));
}

/// The version is looked at only after the checksum, which every version has at the same place.
template <class Record>
Verdict parse_record(ByteSpan bytes, Record& record, decltype(Record::magic) magic) noexcept {
    if (bytes.size() < sizeof(Record)) return Verdict::invalid;
    record = load<Record>(bytes.data());
    if (record.magic != magic || record.checksum != checksum_of(record)) {
        return Verdict::invalid;
    }
    return record.version > format_version ? Verdict::newer : Verdict::valid;
}

}  // namespace

void seal(SegmentHeader& header) noexcept { header.checksum = checksum_of(header); }
void seal(HeadRecord& head) noexcept { head.checksum = checksum_of(head); }

Verdict parse(ByteSpan bytes, SegmentHeader& header) noexcept {
    const Verdict verdict = parse_record(bytes, header, segment_magic);
    if (verdict != Verdict::valid) return verdict;
    if (header.incompatible != 0) return Verdict::newer;
    return header.header_size == sizeof(SegmentHeader) && header.first_position > 0
               ? Verdict::valid
               : Verdict::invalid;
}

Verdict parse(ByteSpan bytes, HeadRecord& head) noexcept {
    return parse_record(bytes, head, head_magic);
}

}  // namespace mainstem::log
