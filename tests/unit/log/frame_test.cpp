// Events and frame headers: what was written reads back, and nothing else does.
#include <algorithm>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>

#include "core/crc32c.hpp"
#include "log/frame.hpp"
#include "support/segment_builder.hpp"

namespace mainstem::log {
namespace {

using support::plain_event;

constexpr Timestamp recorded{std::chrono::microseconds{1'700'000'000'123'456}};

/// Where and when the events of these tests are stored.
Assigned place() {
    return {.version = {9}, .recorded_at = recorded, .position = {1'234}, .salt = 0xFEDCBA98};
}

struct Stored {
    std::string stream;
    NewEvent event;
};

std::vector<std::byte> encode(const Stored& stored, const Assigned& assigned = place()) {
    const std::size_t size = encoded_size(stored.stream, stored.event);
    std::vector<std::byte> bytes(size, std::byte{0xEE});
    const auto checksum = encode_content(stored.stream, stored.event, size, bytes.data());
    assign(bytes.data(), checksum, assigned);
    return bytes;
}

Verdict parsed(ByteSpan bytes, const Assigned& at = place()) {
    EventView view;
    std::size_t size = 0;
    return parse_event(bytes, at.position, at.salt, view, size);
}

void expect_round_trip(const Stored& stored) {
    const auto& [stream, event] = stored;
    const std::vector<std::byte> bytes = encode(stored);
    EventView view;
    std::size_t size = 0;
    ASSERT_EQ(parse_event(bytes, place().position, place().salt, view, size), Verdict::valid);
    EXPECT_EQ(size, bytes.size());
    const Event read = view.to_owned();
    const Event expected{.position = place().position,
                         .stream = stream,
                         .version = place().version,
                         .type = event.type,
                         .id = event.id,
                         .recorded_at = recorded,
                         .occurred_at = event.occurred_at.value_or(recorded),
                         .tags = event.tags,
                         .metadata = event.metadata,
                         .content_type = event.content_type.empty() ? std::string{json_content_type}
                                                                    : event.content_type,
                         .data = event.data};
    EXPECT_TRUE(read == expected);
    EXPECT_EQ(id_of(bytes), event.id);
}

NewEvent full_event() {
    NewEvent event = plain_event(1, std::string("payload\0with a zero", 19));
    event.tags = {"one", "two:2", std::string(255, 't')};
    event.metadata = {.correlation = "c", .causation = "because", .actor = "me", .json = "{}"};
    event.content_type = "text/plain";
    event.occurred_at = Timestamp{std::chrono::microseconds{-5}};
    return event;
}

NewEvent largest_parts() {
    NewEvent event = plain_event(2, std::string(100'000, 'p'));
    event.type = std::string(limits::name_bytes, 'T');
    event.tags.assign(limits::tags_per_event, Tag{std::string(limits::name_bytes, 't')});
    const std::string name(limits::name_bytes, 'n');
    event.metadata = {.correlation = name,
                      .causation = name,
                      .actor = name,
                      .json = std::string(limits::metadata_json_bytes, 'j')};
    event.content_type = name;
    event.occurred_at = Timestamp::max();
    return event;
}

TEST(EventFrame, reads_back_what_was_encoded) {
    expect_round_trip({"s", plain_event(1, "")});
    expect_round_trip({"stream", plain_event(1)});
    expect_round_trip({"stream", full_event()});
    expect_round_trip({std::string(limits::name_bytes, 's'), largest_parts()});
    expect_round_trip({"stream", plain_event(1, std::string(1 << 20, '\xFF'))});
}

TEST(EventFrame, reads_back_each_optional_part_alone) {
    for (int part = 0; part < 7; ++part) {
        NewEvent event = plain_event(3, part % 2 == 0 ? "" : "data");
        if (part == 0) event.tags = {"t"};
        if (part == 1) event.metadata.correlation = "c";
        if (part == 2) event.metadata.causation = "c";
        if (part == 3) event.metadata.actor = "a";
        if (part == 4) event.metadata.json = "{}";
        if (part == 5) event.content_type = "x";
        if (part == 6) event.occurred_at = Timestamp{};
        expect_round_trip({"stream", event});
    }
}

TEST(EventFrame, reads_back_random_events) {
    Random random{11};
    for (int i = 0; i < 300; ++i) {
        const AppendRequest request = support::random_request(random, 1, 3);
        expect_round_trip({request.events[0].stream.str(), request.events[0].event});
    }
}

TEST(EventFrame, does_not_spell_out_the_default_content_type) {
    NewEvent event = plain_event(1);
    const std::size_t size = encoded_size("s", event);
    event.content_type = json_content_type;
    EXPECT_EQ(encoded_size("s", event), size);
    expect_round_trip({"s", event});
}

TEST(EventFrame, costs_fifty_bytes_besides_its_texts) {
    EXPECT_EQ(encoded_size("stream", plain_event(1, "data")), 48 + 6 + 8 + 4U);
}

TEST(EventFrame, shows_every_flipped_bit) {
    std::vector<std::byte> bytes = encode({"stream", full_event()});
    bytes.resize(bytes.size() + 5'000);  // so that no flip is found by a size beyond the end alone
    const std::size_t size = bytes.size() - 5'000;
    ASSERT_EQ(parsed(bytes), Verdict::valid);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
        const std::byte mask{static_cast<unsigned char>(1U << (bit % 8))};
        bytes[bit / 8] ^= mask;
        EXPECT_EQ(parsed(bytes), Verdict::invalid) << "bit " << bit;
        bytes[bit / 8] ^= mask;
    }
}

TEST(EventFrame, must_be_whole) {
    const std::vector<std::byte> bytes = encode({"stream", full_event()});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(parsed(ByteSpan{bytes}.first(size)), Verdict::invalid) << size << " bytes";
    }
}

TEST(EventFrame, is_valid_in_its_place_only) {
    const std::vector<std::byte> bytes = encode({"stream", full_event()});
    Assigned other = place();
    other.position = other.position.next();
    EXPECT_EQ(parsed(bytes, other), Verdict::invalid);
    other = place();
    other.salt ^= 1;
    EXPECT_EQ(parsed(bytes, other), Verdict::invalid);
}

/// The same event with a byte of its header set, under a checksum that holds.
std::vector<std::byte> resealed(std::size_t offset, std::uint8_t value) {
    const Stored stored{"stream", full_event()};
    std::vector<std::byte> bytes = encode(stored);
    bytes[offset] = static_cast<std::byte>(value);
    // The checksum of the content: of what encode_content would have written.
    const auto content = [&] {
        constexpr std::size_t begin = offsetof(EventHeader, size);
        const auto header = crc32c(0, &bytes[begin], offsetof(EventHeader, version) - begin);
        return crc32c(header, &bytes[sizeof(EventHeader)], bytes.size() - sizeof(EventHeader));
    }();
    assign(bytes.data(), content, place());
    return bytes;
}

TEST(EventFrame, of_an_unknown_kind_or_flag_is_newer) {
    constexpr std::size_t kind = offsetof(EventHeader, kind);
    constexpr std::size_t flags = offsetof(EventHeader, flags);
    EXPECT_EQ(parsed(resealed(kind, static_cast<std::uint8_t>(EventKind::live))), Verdict::valid);
    EXPECT_EQ(parsed(resealed(kind, static_cast<std::uint8_t>(EventKind::erased))), Verdict::newer);
    EXPECT_EQ(parsed(resealed(kind, 0)), Verdict::newer);
    EXPECT_EQ(parsed(resealed(kind, 0xFF)), Verdict::newer);
    for (unsigned bit = 2; bit < 8; ++bit) {
        const auto value = static_cast<std::uint8_t>(event_flags::known | 1U << bit);
        EXPECT_EQ(parsed(resealed(flags, value)), Verdict::newer) << "flag " << bit;
    }
}

TEST(EventFrame, whose_parts_do_not_fit_is_invalid) {
    EXPECT_EQ(parsed(resealed(offsetof(EventHeader, tags_size) + 1, 0xFF)), Verdict::invalid);
    EXPECT_EQ(parsed(resealed(offsetof(EventHeader, metadata_size) + 1, 0xFF)), Verdict::invalid);
    EXPECT_EQ(parsed(resealed(offsetof(EventHeader, tags_size), 1)), Verdict::invalid);
    EXPECT_EQ(parsed(resealed(offsetof(EventHeader, stream_size), 0xFF)), Verdict::invalid);
}

TEST(EventFrame, has_the_same_content_whatever_was_assigned) {
    const Stored one{"stream", full_event()};
    Assigned elsewhere{.version = {1}, .recorded_at = {}, .position = {1}, .salt = 1};
    EXPECT_TRUE(same_content(encode(one), encode(one, elsewhere)));
}

TEST(EventFrame, differs_in_content_by_any_part) {
    const auto base = encode({"stream", full_event()});
    const auto differs = [&](auto change) {
        Stored other{"stream", full_event()};
        change(other);
        return !same_content(base, encode(other));
    };
    EXPECT_TRUE(differs([](Stored& other) { other.stream = "strean"; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.type = "Happenee"; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.data.back() = '!'; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.data += '!'; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.tags[0] = "eno"; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.id = support::numbered_id(5); }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.content_type = "text/plaim"; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.occurred_at = Timestamp{}; }));
    EXPECT_TRUE(differs([](Stored& other) { other.event.metadata.actor = "us"; }));
    // The same bytes, cut otherwise: "stream" + "Happened" as "streamH" + "appened".
    EXPECT_TRUE(differs([](Stored& other) {
        other.stream = "streamH";
        other.event.type = "appened";
    }));
}

FrameHeader frame_header() {
    FrameHeader header;
    header.stored_size = header.decoded_size = 100;
    header.count = 2;
    header.durable_offset = 128;
    header.first_position = 5;
    return header;
}

constexpr FramePlace frame_place{.salt = 42, .offset = 1'024};

Verdict parsed(const FrameHeader& header, const FramePlace& at = frame_place) {
    FrameHeader read;
    return parse_frame(bytes_of(header), at, read);
}

Verdict sealed_verdict(FrameHeader header) {
    seal(header, frame_place);
    return parsed(header);
}

TEST(FrameHeader, reads_back_as_sealed) {
    FrameHeader header = frame_header();
    seal(header, frame_place);
    FrameHeader read;
    ASSERT_EQ(parse_frame(bytes_of(header), frame_place, read), Verdict::valid);
    EXPECT_TRUE(std::ranges::equal(bytes_of(read), bytes_of(header)));
}

TEST(FrameHeader, shows_every_flipped_bit) {
    FrameHeader header = frame_header();
    seal(header, frame_place);
    std::vector<std::byte> bytes(sizeof header);
    for (std::size_t bit = 0; bit < 8 * sizeof header; ++bit) {
        store(header, bytes.data());
        bytes[bit / 8] ^= std::byte{static_cast<unsigned char>(1U << (bit % 8))};
        FrameHeader read;
        EXPECT_EQ(parse_frame(bytes, frame_place, read), Verdict::invalid) << "bit " << bit;
    }
}

TEST(FrameHeader, is_valid_in_its_place_only) {
    FrameHeader header = frame_header();
    seal(header, frame_place);
    EXPECT_EQ(parsed(header, {.salt = 43, .offset = 1'024}), Verdict::invalid);
    EXPECT_EQ(parsed(header, {.salt = 42, .offset = 1'032}), Verdict::invalid);
}

TEST(FrameHeader, must_be_whole) {
    FrameHeader header = frame_header();
    seal(header, frame_place);
    FrameHeader read;
    for (std::size_t size = 0; size < sizeof header; ++size) {
        EXPECT_EQ(parse_frame(ByteSpan{bytes_of(header)}.first(size), frame_place, read),
                  Verdict::invalid);
    }
}

TEST(FrameHeader, that_must_be_understood_and_is_not_is_newer) {
    FrameHeader header = frame_header();
    header.kind = must_understand | 0x55;
    EXPECT_EQ(sealed_verdict(header), Verdict::newer);
    header = frame_header();
    header.flags = 1;
    EXPECT_EQ(sealed_verdict(header), Verdict::newer);
    header = frame_header();
    header.decoded_size = header.stored_size + 1;
    EXPECT_EQ(sealed_verdict(header), Verdict::newer);
}

TEST(FrameHeader, of_a_kind_that_may_be_skipped_is_valid) {
    FrameHeader header = frame_header();
    header.kind = static_cast<std::uint8_t>(FrameKind::control);
    header.flags = 0xFF;
    EXPECT_EQ(sealed_verdict(header), Verdict::valid);
    header.kind = 0x55;
    EXPECT_EQ(sealed_verdict(header), Verdict::valid);
}

TEST(FrameHeader, of_zeros_is_invalid) {
    FrameHeader read;
    EXPECT_EQ(parse_frame(std::vector<std::byte>(32), {}, read), Verdict::invalid);
    FrameHeader empty = frame_header();
    empty.stored_size = empty.decoded_size = 0;
    EXPECT_EQ(sealed_verdict(empty), Verdict::invalid);
}

}  // namespace
}  // namespace mainstem::log
