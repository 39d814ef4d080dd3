// Scanning frames, and finding headers behind damage.
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

constexpr std::uint64_t mebi = 1ULL << 20;

/// A scanner over the bytes of a segment.
class Scan {
public:
    Scan(std::vector<std::byte> bytes, const SegmentHeader& header, std::uint64_t size)
        : file_(std::move(bytes)), scanner_(file_, header, size) {}
    explicit Scan(const SegmentBuilder& built)
        : Scan(built.bytes(), built.header(), built.size()) {}

    FrameScanner& scanner() { return scanner_; }
    /// All events up to where it stops.
    std::vector<Event> events() {
        std::vector<Event> events;
        while (const ScannedFrame* frame = scanner_.next().value()) {
            EXPECT_EQ(frame->events.size(), frame->offsets.size());
            for (const EventView& event : frame->events) events.push_back(event.to_owned());
        }
        return events;
    }
    std::optional<std::uint64_t> find_header(std::uint64_t from) {
        FrameHeader header;
        return scanner_.find_header(from, header).value();
    }

private:
    MemoryFile file_;
    FrameScanner scanner_;
};

void expect_stop(Scan& scan, std::uint64_t offset, Position position, Verdict verdict) {
    ASSERT_TRUE(scan.scanner().stop());
    EXPECT_EQ(scan.scanner().stop()->offset, offset);
    EXPECT_EQ(scan.scanner().stop()->position, position);
    EXPECT_EQ(scan.scanner().stop()->verdict, verdict);
    EXPECT_FALSE(scan.scanner().stop()->what.empty());
}

/// Frames of several shapes.
SegmentBuilder some_frames(std::size_t count, std::uint64_t seed = 1) {
    SegmentBuilder built{77 + seed, {50}};
    Random random{seed};
    for (std::size_t i = 0; i < count; ++i) built.add(support::random_request(random, 5, 4));
    return built;
}

TEST(FrameScanner, reads_every_frame) {
    const SegmentBuilder built = some_frames(200);
    Scan scan{built};
    EXPECT_EQ(scan.events(), built.events());
    EXPECT_FALSE(scan.scanner().stop());
    EXPECT_EQ(scan.scanner().offset(), built.size());
    EXPECT_EQ(scan.scanner().next_position(), built.next());
}

TEST(FrameScanner, reads_frames_across_its_windows) {
    SegmentBuilder built;
    Random random{5};
    while (built.size() < 5 * mebi) {
        built.add_event("large", std::string(random.below(400'000), 'x'));
    }
    built.add_event("largest", std::string(3 * mebi, 'y'));
    built.add_event("small");
    Scan scan{built};
    EXPECT_EQ(scan.events(), built.events());
    EXPECT_FALSE(scan.scanner().stop());
}

TEST(FrameScanner, of_no_frames_ends_at_once) {
    const SegmentBuilder built;
    Scan scan{built};
    EXPECT_TRUE(scan.events().empty());
    EXPECT_FALSE(scan.scanner().stop());
}

TEST(FrameScanner, goes_on_where_it_is_sent) {
    SegmentBuilder built;
    built.add_event("a");
    const BuiltFrame second = built.add_event("b");
    built.add_event("c");
    Scan scan{built};
    scan.scanner().seek(second.offset, second.first);
    EXPECT_EQ(scan.events(), (std::vector{built.events()[1], built.events()[2]}));
}

TEST(FrameScanner, stops_at_zeros) {
    SegmentBuilder built = some_frames(3);
    const std::uint64_t end = built.size();
    built.add_bytes(1'000, std::byte{0});
    Scan scan{built};
    EXPECT_EQ(scan.events(), built.events());
    expect_stop(scan, end, built.next(), Verdict::invalid);
}

TEST(FrameScanner, passes_over_kinds_that_it_may_skip) {
    SegmentBuilder built;
    built.add_event("a");
    built.add_other(static_cast<std::uint8_t>(FrameKind::control), 100);
    built.add_other(0x11, 7, 0xFF);
    built.add_event("a");
    Scan scan{built};
    EXPECT_EQ(scan.events(), built.events());
    EXPECT_FALSE(scan.scanner().stop());
}

TEST(FrameScanner, stops_at_kinds_that_it_may_not_skip) {
    SegmentBuilder built;
    built.add_event("a");
    const BuiltFrame newer = built.add_other(must_understand | 0x11, 100);
    built.add_event("a");
    Scan scan{built};
    EXPECT_EQ(scan.events().size(), 1U);
    expect_stop(scan, newer.offset, newer.first, Verdict::newer);
}

TEST(FrameScanner, shows_no_event_with_a_flipped_bit) {
    SegmentBuilder built;
    std::vector<BuiltFrame> frames;
    Random random{2};
    for (int i = 0; i < 4; ++i) frames.push_back(built.add(support::random_request(random, 2, 2)));
    for (std::size_t number = 0; number < frames.size(); ++number) {
        const BuiltFrame& frame = frames[number];
        const std::uint64_t events = frame.first.value - 1;
        const auto stored = load<FrameHeader>(&built.bytes()[frame.offset]).stored_size;
        const std::uint64_t end = frame.offset + sizeof(FrameHeader) + stored;
        for (std::uint64_t bit = 8 * frame.offset; bit < 8 * end; ++bit) {
            std::vector<std::byte> bytes = built.bytes();
            bytes[bit / 8] ^= std::byte{static_cast<unsigned char>(1U << (bit % 8))};
            Scan scan{std::move(bytes), built.header(), built.size()};
            const std::vector<Event> found = scan.events();
            ASSERT_EQ(found.size(), events) << "bit " << bit;
            ASSERT_TRUE(std::ranges::equal(found, std::span{built.events()}.first(events)));
            ASSERT_TRUE(scan.scanner().stop());
            ASSERT_EQ(scan.scanner().stop()->offset, frame.offset);
            ASSERT_EQ(scan.scanner().stop()->verdict, Verdict::invalid);
        }
    }
}

TEST(FrameScanner, names_the_first_event_that_is_damaged) {
    SegmentBuilder built;
    const auto frame = built.add({.events = {{"a", support::plain_event(1, "first")},
                                             {"a", support::plain_event(2, "second")}}});
    std::vector<std::byte> bytes = built.bytes();
    bytes[frame.events[1] + 60] ^= std::byte{1};
    Scan scan{std::move(bytes), built.header(), built.size()};
    EXPECT_TRUE(scan.events().empty());
    expect_stop(scan, frame.offset, {2}, Verdict::invalid);
}

TEST(FrameScanner, takes_no_frame_out_of_order) {
    SegmentBuilder built;
    built.add_event("a");
    const BuiltFrame second = built.add_event("b");
    Scan scan{built};
    scan.scanner().seek(second.offset, {1});  // as if the first frame had never been
    EXPECT_TRUE(scan.events().empty());
    expect_stop(scan, second.offset, {1}, Verdict::invalid);
}

TEST(FrameScanner, takes_no_frame_of_another_segment) {
    const SegmentBuilder built = some_frames(2);
    SegmentHeader other = built.header();
    other.salt ^= 1;
    Scan scan{built.bytes(), other, built.size()};
    EXPECT_TRUE(scan.events().empty());
    EXPECT_TRUE(scan.scanner().stop());
}

TEST(FrameScanner, stops_where_a_file_became_shorter_while_it_was_read) {
    const SegmentBuilder built = some_frames(20);
    for (std::uint64_t size = sizeof(SegmentHeader); size < built.size(); ++size) {
        std::vector<std::byte> bytes = built.bytes();
        bytes.resize(size);
        Scan scan{std::move(bytes), built.header(), built.size()};
        const auto found = scan.events();
        ASSERT_TRUE(std::ranges::equal(found, std::span{built.events()}.first(found.size())));
    }
}

/// A file that loses its end between two reads of it.
class ShrinkingFile final : public support::ForwardingFile {
public:
    ShrinkingFile(std::vector<std::byte> bytes, std::uint64_t left)
        : ForwardingFile(std::make_unique<MemoryFile>(std::move(bytes))), left_(left) {}

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        const auto read = file().read_at(to, offset);
        file().resize(left_).value();
        return read;
    }

private:
    std::uint64_t left_;
};

TEST(FrameScanner, stops_where_a_frame_loses_its_end_after_its_header) {
    SegmentBuilder built;
    const auto frame = built.add_event("a", std::string(2 * mebi, 'x'));
    for (const std::uint64_t left :
         {frame.offset, frame.offset + 8, frame.offset + 32, frame.offset + 100, frame.end - 8}) {
        const ShrinkingFile file{built.bytes(), left};
        FrameScanner scanner{file, built.header(), built.size()};
        EXPECT_EQ(scanner.next().value(), nullptr);
        EXPECT_TRUE(scanner.stop());
    }
}

TEST(FindHeader, finds_each_frame) {
    const SegmentBuilder built = some_frames(30);
    Scan frames{built};
    Scan finder{built};
    std::uint64_t from = 0;
    while (const ScannedFrame* frame = frames.scanner().next().value()) {
        EXPECT_EQ(finder.find_header(from), frame->offset);
        from = frame->offset + frame_alignment;
    }
    EXPECT_EQ(finder.find_header(from), std::nullopt);
}

TEST(FindHeader, finds_a_frame_behind_zeros_and_behind_garbage) {
    for (const std::byte filling : {std::byte{0}, std::byte{0xA5}}) {
        for (const std::uint64_t border : {mebi, 2 * mebi}) {
            for (std::uint64_t at = border - 64; at <= border + 192; at += 8) {
                SegmentBuilder built;
                built.add_bytes(at - built.size(), filling);
                const BuiltFrame frame = built.add_event("a");
                built.add_bytes(100, filling);
                Scan scan{built};
                ASSERT_EQ(scan.find_header(128), frame.offset);
                ASSERT_EQ(scan.find_header(at - 7), frame.offset);
                ASSERT_EQ(scan.find_header(at + 1), std::nullopt);
            }
        }
    }
}

TEST(FindHeader, finds_nothing_in_zeros_or_in_less_than_a_header) {
    SegmentBuilder built;
    built.add_bytes(2 * mebi + 13, std::byte{0});
    Scan scan{built};
    EXPECT_EQ(scan.find_header(0), std::nullopt);
    EXPECT_EQ(scan.find_header(built.size() - 20), std::nullopt);
    EXPECT_EQ(scan.find_header(built.size() + 20), std::nullopt);
}

TEST(FindHeader, finds_frames_of_newer_kinds) {
    SegmentBuilder built;
    built.add_bytes(64, std::byte{0});
    const BuiltFrame newer = built.add_other(must_understand | 0x11, 100);
    Scan scan{built};
    EXPECT_EQ(scan.find_header(128), newer.offset);
}

TEST(FindHeader, passes_over_headers_that_contradict_the_segment) {
    const auto found = [](auto change) {
        SegmentBuilder built;
        FrameHeader header;
        header.stored_size = header.decoded_size = 480;
        header.count = 10;
        header.first_position = 3;
        change(header);
        built.add_bytes(sizeof header + 480, std::byte{0});
        std::vector<std::byte> bytes = built.bytes();
        seal(header, {built.salt(), sizeof(SegmentHeader)});
        store(header, &bytes[sizeof(SegmentHeader)]);
        Scan scan{std::move(bytes), built.header(), built.size()};
        return scan.find_header(0).has_value();
    };
    EXPECT_TRUE(found([](FrameHeader&) {}));
    EXPECT_FALSE(found([](FrameHeader& header) { header.durable_offset = 136; }));
    EXPECT_FALSE(found([](FrameHeader& header) { header.first_position = 0; }));
    EXPECT_TRUE(found([](FrameHeader& header) { header.stored_size += 8; }))
        << "the file may have lost the end of its frame";
    EXPECT_FALSE(found([](FrameHeader& header) { header.count = 11; }));
}

}  // namespace
}  // namespace mainstem::log
