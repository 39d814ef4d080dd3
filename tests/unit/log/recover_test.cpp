// Recovery's judgement: an unacknowledged tail, or damage of what was acknowledged.
#include <algorithm>

#include <gtest/gtest.h>

#include "log/scan.hpp"
#include "support/forwarding_file.hpp"
#include "support/memory_file.hpp"
#include "support/segment_builder.hpp"

namespace mainstem::log {
namespace {

using support::BuiltFrame;
using support::MemoryFile;
using support::SegmentBuilder;

struct Judged : Recovered {
    std::vector<Event> events;
};

Judged judge(std::vector<std::byte> bytes, const SegmentHeader& header,
             std::uint64_t known_durable = 0) {
    const MemoryFile file{std::move(bytes)};
    Judged judged;
    static_cast<Recovered&>(judged) =
        recover(file, header, file.size().value(), known_durable, [&](const ScannedFrame& frame) {
            for (const EventView& event : frame.events) judged.events.push_back(event.to_owned());
        }).value();
    return judged;
}

Judged judge(const SegmentBuilder& built, std::uint64_t known_durable = 0) {
    return judge(built.bytes(), built.header(), known_durable);
}

/// Bytes that differ in the payload of the first event of a frame.
std::vector<std::byte> damaged(const SegmentBuilder& built, const BuiltFrame& frame) {
    std::vector<std::byte> bytes = built.bytes();
    bytes[frame.events.front() + sizeof(EventHeader) + event_id_size] ^= std::byte{4};
    return bytes;
}

/// Three frames; each says that those before it are on the disk.
class ThreeFlushedFrames : public ::testing::Test {
protected:
    ThreeFlushedFrames() {
        for (BuiltFrame* frame : {&first, &second, &third}) {
            *frame = built.add_event("a", "payload");
            built.flush();
        }
    }
    SegmentBuilder built;
    BuiltFrame first;
    BuiltFrame second;
    BuiltFrame third;
};

using Recovery = ThreeFlushedFrames;

TEST_F(Recovery, takes_a_clean_segment_whole) {
    const Judged judged = judge(built);
    EXPECT_EQ(judged.end, built.size());
    EXPECT_EQ(judged.durable, third.offset);
    EXPECT_EQ(judged.next, Position{4});
    EXPECT_EQ(judged.last_recorded_at, built.events().back().recorded_at);
    EXPECT_EQ(judged.tail_bytes, 0U);
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.events, built.events());
    EXPECT_EQ(judge(built, built.size()).durable, built.size());
}

TEST_F(Recovery, takes_space_set_aside_for_no_tail) {
    built.add_bytes(100'000, std::byte{0});
    const Judged judged = judge(built);
    EXPECT_EQ(judged.end, third.end);
    EXPECT_EQ(judged.tail_bytes, 0U);
    EXPECT_FALSE(judged.damage);
}

TEST(RecoveryOfNothing, is_the_header_alone) {
    const SegmentBuilder built{77, {9}};
    const Judged judged = judge(built);
    EXPECT_EQ(judged.end, sizeof(SegmentHeader));
    EXPECT_EQ(judged.durable, sizeof(SegmentHeader));
    EXPECT_EQ(judged.next, Position{9});
    EXPECT_EQ(judged.last_recorded_at.time_since_epoch().count(), built.header().first_recorded_at);
    EXPECT_FALSE(judged.damage);
}

TEST_F(Recovery, cuts_a_last_frame_that_was_torn_anywhere) {
    const auto stored = load<FrameHeader>(&built.bytes()[third.offset]).stored_size;
    const std::uint64_t whole = third.offset + sizeof(FrameHeader) + stored;
    for (const bool zeros_behind : {false, true}) {
        for (std::uint64_t size = third.offset; size < whole; ++size) {
            std::vector<std::byte> bytes = built.bytes();
            bytes.resize(size);
            if (zeros_behind) bytes.resize(built.size() + 4'096);
            const Judged judged = judge(std::move(bytes), built.header(), second.end);
            ASSERT_FALSE(judged.damage) << size;
            ASSERT_EQ(judged.end, third.offset);
            ASSERT_EQ(judged.durable, third.offset);
            ASSERT_EQ(judged.next, Position{3});
            ASSERT_LE(judged.tail_bytes, size - third.offset);
            ASSERT_EQ(judged.events.size(), 2U);
        }
    }
}

TEST_F(Recovery, cuts_a_last_frame_that_misses_any_part) {
    for (std::uint64_t at = third.offset; at < third.end; at += 8) {
        std::vector<std::byte> bytes = built.bytes();
        const bool was_zero =
            std::all_of(&bytes[at], &bytes[at] + 8, [](std::byte b) { return b == std::byte{0}; });
        std::fill_n(&bytes[at], 8, std::byte{0});
        const Judged judged = judge(std::move(bytes), built.header(), second.end);
        EXPECT_FALSE(judged.damage);
        EXPECT_EQ(judged.end, was_zero ? third.end : third.offset) << at;
    }
}

TEST(RecoveryOfPadding, needs_no_padding_behind_the_last_frame) {
    SegmentBuilder built;
    const BuiltFrame frame = built.add_event("a", "12345");
    const auto stored = load<FrameHeader>(&built.bytes()[frame.offset]).stored_size;
    const std::uint64_t whole = frame.offset + sizeof(FrameHeader) + stored;
    ASSERT_LT(whole, frame.end);
    std::vector<std::byte> bytes = built.bytes();
    bytes.resize(whole);
    const Judged judged = judge(std::move(bytes), built.header());
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.events.size(), 1U);
    EXPECT_EQ(judged.end, frame.end) << "the next frame must begin aligned";
}

TEST_F(Recovery, refuses_damage_below_what_HEAD_says) {
    for (const BuiltFrame& frame : {first, second, third}) {
        const Judged judged = judge(damaged(built, frame), built.header(), built.size());
        ASSERT_TRUE(judged.damage);
        EXPECT_EQ(judged.damage->offset, frame.offset);
        EXPECT_EQ(judged.damage->position, frame.first);
        EXPECT_EQ(judged.damage->verdict, Verdict::invalid);
        EXPECT_EQ(judged.end, frame.offset);
        EXPECT_EQ(judged.durable, frame.offset);
        EXPECT_EQ(judged.next, frame.first);
    }
}

TEST_F(Recovery, refuses_damage_below_what_a_later_frame_says) {
    for (const BuiltFrame& frame : {first, second}) {
        const Judged judged = judge(damaged(built, frame), built.header());
        ASSERT_TRUE(judged.damage);
        EXPECT_EQ(judged.damage->offset, frame.offset);
    }
}

TEST_F(Recovery, refuses_damage_below_what_a_frame_says_whose_end_is_missing) {
    for (const std::uint64_t size :
         {third.end - 8, third.offset + 50, third.offset + sizeof(FrameHeader)}) {
        for (const BuiltFrame& frame : {first, second}) {
            std::vector<std::byte> bytes = damaged(built, frame);
            bytes.resize(size);
            const Judged judged = judge(std::move(bytes), built.header());
            ASSERT_TRUE(judged.damage) << size;
            EXPECT_EQ(judged.damage->offset, frame.offset);
        }
        std::vector<std::byte> bytes = built.bytes();
        bytes.resize(size);
        const Judged judged = judge(std::move(bytes), built.header());
        EXPECT_FALSE(judged.damage) << "nothing says that the third was flushed";
        EXPECT_EQ(judged.end, third.offset);
    }
}

TEST_F(Recovery, refuses_a_damaged_header_in_the_middle) {
    std::vector<std::byte> bytes = built.bytes();
    std::fill_n(&bytes[first.offset], sizeof(FrameHeader), std::byte{0});
    const Judged judged = judge(std::move(bytes), built.header());
    ASSERT_TRUE(judged.damage);
    EXPECT_EQ(judged.damage->offset, first.offset);
}

TEST_F(Recovery, cuts_a_last_frame_of_which_nothing_says_that_it_was_flushed) {
    const Judged judged = judge(damaged(built, third), built.header(), second.end);
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.end, third.offset);
    EXPECT_GT(judged.tail_bytes, 0U);
}

TEST(RecoveryOfAGroup, cuts_frames_of_a_group_that_was_not_flushed) {
    SegmentBuilder built;
    const BuiltFrame one = built.add_event("a");
    const BuiltFrame other = built.add_event("b");  // says nothing of the one before it
    const Judged judged = judge(damaged(built, one), built.header());
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.end, one.offset);
    EXPECT_EQ(aligned(judged.tail_bytes), other.end - one.offset);  // zeros of padding do not count
}

TEST_F(Recovery, refuses_a_file_that_ends_before_what_HEAD_says) {
    for (const std::uint64_t size : {first.end, second.end, third.end - 8}) {
        std::vector<std::byte> bytes = built.bytes();
        bytes.resize(size);
        const Judged judged = judge(std::move(bytes), built.header(), built.size());
        ASSERT_TRUE(judged.damage) << size;
        EXPECT_LE(judged.damage->offset, size);
    }
}

TEST_F(Recovery, takes_garbage_behind_zeros_for_a_tail) {
    built.add_bytes(3 << 20, std::byte{0});
    built.add_bytes(5'000, std::byte{0xA7});
    const std::uint64_t content_end = built.size();
    built.add_bytes(3 << 20, std::byte{0});
    const Judged judged = judge(built, third.end);
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.end, third.end);
    EXPECT_EQ(judged.tail_bytes, content_end - third.end);
}

TEST_F(Recovery, refuses_zeros_when_a_frame_behind_them_says_that_more_was_flushed) {
    const std::uint64_t end = built.size();
    built.add_bytes(3 << 20, std::byte{0});
    built.flush();
    built.add_event("a");
    const Judged judged = judge(built);
    ASSERT_TRUE(judged.damage);
    EXPECT_EQ(judged.damage->offset, end);
    EXPECT_EQ(judged.damage->position, Position{4});
}

TEST_F(Recovery, ignores_frames_of_another_segment_behind_its_end) {
    SegmentBuilder other{built.salt() + 1};
    other.add_bytes(built.size() - other.size(), std::byte{0});
    other.flush();
    other.add_event("a");
    std::vector<std::byte> bytes = built.bytes();
    bytes.insert(bytes.end(), other.bytes().begin() + built.size(), other.bytes().end());
    const Judged judged = judge(std::move(bytes), built.header(), built.size());
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.end, third.end);
    EXPECT_EQ(aligned(judged.tail_bytes), other.size() - built.size());
}

TEST_F(Recovery, refuses_a_newer_frame_even_in_the_tail) {
    const BuiltFrame newer = built.add_other(must_understand | 0x22, 64);
    const Judged judged = judge(built);
    ASSERT_TRUE(judged.damage);
    EXPECT_EQ(judged.damage->verdict, Verdict::newer);
    EXPECT_EQ(judged.damage->offset, newer.offset);
}

TEST_F(Recovery, passes_over_frames_that_it_may_skip) {
    built.add_other(static_cast<std::uint8_t>(FrameKind::control), 64);
    const Judged judged = judge(built);
    EXPECT_FALSE(judged.damage);
    EXPECT_EQ(judged.end, built.size());
    EXPECT_EQ(judged.events.size(), 3U);
}

/// Counts what is read of it.
class CountedFile final : public support::ForwardingFile {
public:
    explicit CountedFile(std::vector<std::byte> bytes)
        : ForwardingFile(std::make_unique<MemoryFile>(std::move(bytes))) {}
    [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        const auto read = file().read_at(to, offset);
        bytes_read_ += *read;
        return read;
    }

private:
    mutable std::uint64_t bytes_read_ = 0;
};

TEST(RecoveryOfMuch, reads_each_byte_a_few_times_however_many_frames_follow_the_damage) {
    SegmentBuilder built;
    const BuiltFrame first = built.add_event("a");
    while (built.size() < 5 << 20) {
        built.flush();
        built.add_event("a");
    }
    const CountedFile file{damaged(built, first)};
    const auto judged =
        recover(file, built.header(), built.size(), 0, [](const ScannedFrame&) {}).value();
    EXPECT_TRUE(judged.damage);
    EXPECT_LE(file.bytes_read(), 4 * built.size());
}

TEST_F(Recovery, answers_what_the_disk_answers) {
    class BrokenFile final : public support::ForwardingFile {
    public:
        BrokenFile() : ForwardingFile(std::make_unique<MemoryFile>()) {}
        Result<std::size_t> read_at(std::span<std::byte>, std::uint64_t) const override {
            return Error{DiskError::failed, "broken"};
        }
    };
    const auto judged =
        recover(BrokenFile{}, built.header(), built.size(), 0, [](const ScannedFrame&) {});
    EXPECT_TRUE(judged.error() == DiskError::failed);
}

}  // namespace
}  // namespace mainstem::log
