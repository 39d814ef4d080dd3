// Segment headers and HEAD: what was sealed reads back, and nothing else does.
#include <gtest/gtest.h>

#include "log/header.hpp"

namespace mainstem::log {
namespace {

SegmentHeader segment_header() {
    SegmentHeader header;
    header.store_id.fill(3);
    header.first_position = 17;
    header.first_recorded_at = 1'700'000'000'000'000;
    header.salt = 0x0123456789ABCDEF;
    seal(header);
    return header;
}

HeadRecord head_record() {
    HeadRecord head;
    head.store_id.fill(3);
    head.segment = 17;
    head.durable_offset = 4'096;
    head.durable_position = 99;
    seal(head);
    return head;
}

template <class Record>
std::vector<std::byte> as_bytes(const Record& record) {
    const auto bytes = bytes_of(record);
    return {bytes.begin(), bytes.end()};
}

template <class Record>
Verdict verdict_of(const std::vector<std::byte>& bytes) {
    Record record;
    return parse(ByteSpan{bytes}, record);
}

template <class Record>
Verdict sealed_verdict(Record record) {
    seal(record);
    return verdict_of<Record>(as_bytes(record));
}

template <class Record>
void expect_every_flip_found(const Record& record) {
    std::vector<std::byte> bytes = as_bytes(record);
    ASSERT_EQ(verdict_of<Record>(bytes), Verdict::valid);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        const std::byte mask{static_cast<unsigned char>(1U << (bit % 8))};
        bytes[bit / 8] ^= mask;
        EXPECT_EQ(verdict_of<Record>(bytes), Verdict::invalid) << "bit " << bit;
        bytes[bit / 8] ^= mask;
    }
}

template <class Record>
void expect_short_input_refused(const Record& record) {
    std::vector<std::byte> bytes = as_bytes(record);
    while (!bytes.empty()) {
        bytes.pop_back();
        EXPECT_EQ(verdict_of<Record>(bytes), Verdict::invalid) << bytes.size() << " bytes";
    }
}

TEST(SegmentHeader, reads_back_as_sealed) {
    const SegmentHeader header = segment_header();
    SegmentHeader read;
    ASSERT_EQ(parse(bytes_of(header), read), Verdict::valid);
    EXPECT_EQ(as_bytes(read), as_bytes(header));
}

TEST(SegmentHeader, reads_out_of_more_bytes) {
    std::vector<std::byte> bytes = as_bytes(segment_header());
    bytes.resize(5'000, std::byte{9});
    EXPECT_EQ(verdict_of<SegmentHeader>(bytes), Verdict::valid);
}

TEST(SegmentHeader, shows_every_flipped_bit) { expect_every_flip_found(segment_header()); }

TEST(SegmentHeader, must_be_whole) { expect_short_input_refused(segment_header()); }

TEST(SegmentHeader, of_zeros_is_invalid) {
    EXPECT_EQ(verdict_of<SegmentHeader>(std::vector<std::byte>(128)), Verdict::invalid);
}

TEST(SegmentHeader, tells_a_newer_version) {
    SegmentHeader header = segment_header();
    header.version = format_version + 1;
    EXPECT_EQ(sealed_verdict(header), Verdict::newer);
    header.header_size = 4'096;  // may mean anything in a newer version
    EXPECT_EQ(sealed_verdict(header), Verdict::newer);
}

TEST(SegmentHeader, heeds_incompatible_features_only) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        SegmentHeader header = segment_header();
        header.compatible = std::uint64_t{1} << bit;
        EXPECT_EQ(sealed_verdict(header), Verdict::valid);
        header.incompatible = std::uint64_t{1} << bit;
        EXPECT_EQ(sealed_verdict(header), Verdict::newer);
    }
}

TEST(SegmentHeader, refuses_what_no_writer_writes) {
    SegmentHeader header = segment_header();
    header.first_position = 0;
    EXPECT_EQ(sealed_verdict(header), Verdict::invalid);
    header = segment_header();
    header.header_size = 64;
    EXPECT_EQ(sealed_verdict(header), Verdict::invalid);
    header = segment_header();
    header.magic[0] = 'X';
    EXPECT_EQ(sealed_verdict(header), Verdict::invalid);
}

TEST(HeadRecord, reads_back_as_sealed) {
    const HeadRecord head = head_record();
    HeadRecord read;
    ASSERT_EQ(parse(bytes_of(head), read), Verdict::valid);
    EXPECT_EQ(as_bytes(read), as_bytes(head));
}

TEST(HeadRecord, shows_every_flipped_bit) { expect_every_flip_found(head_record()); }

TEST(HeadRecord, must_be_whole) { expect_short_input_refused(head_record()); }

TEST(HeadRecord, tells_a_newer_version) {
    HeadRecord head = head_record();
    head.version = format_version + 1;
    EXPECT_EQ(sealed_verdict(head), Verdict::newer);
}

TEST(HeadRecord, is_no_segment_header) {
    std::vector<std::byte> bytes = as_bytes(head_record());
    bytes.resize(sizeof(SegmentHeader));
    EXPECT_EQ(verdict_of<SegmentHeader>(bytes), Verdict::invalid);
}

}  // namespace
}  // namespace mainstem::log
