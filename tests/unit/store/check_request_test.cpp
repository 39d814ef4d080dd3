// Each rule for requests: at its limit, and one beyond.
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem {
namespace {

using namespace std::chrono_literals;

AppendRequest request_with(NewEvent event, StreamId stream = "order-1") {
    AppendRequest request;
    request.events.push_back({std::move(stream), std::move(event)});
    return request;
}

/// Fails unless the request is accepted.
void expect_valid(const AppendRequest& request) {
    const auto checked = check_request(request);
    EXPECT_TRUE(checked) << checked.error();
}

/// Fails unless the request is refused with exactly this line.
void expect_invalid(const AppendRequest& request, std::string_view message) {
    const auto checked = check_request(request);
    ASSERT_FALSE(checked) << message;
    EXPECT_TRUE(checked.error() == StoreError::invalid);
    EXPECT_EQ(checked.error().message(), message);
}

std::string letters(std::size_t count) { return std::string(count, 'n'); }

/// How 256 letters stand in a message.
const std::string too_long = "has 256 bytes, more than 255: " + letters(60) + "...";

TEST(CheckRequest, an_empty_request_is_a_barrier) { expect_valid({}); }

TEST(CheckRequest, streams_have_1_to_255_bytes) {
    expect_valid(request_with({"Placed"}, "a"));
    expect_valid(request_with({"Placed"}, letters(255)));
    expect_invalid(request_with({"Placed"}, ""), "event 1: the stream's name is empty");
    expect_invalid(request_with({"Placed"}, letters(256)),
                   "event 1: the stream's name " + too_long);
}

TEST(CheckRequest, streams_are_utf8_without_control_characters) {
    expect_valid(request_with({"Placed"}, "größe 日本 😀"));
    expect_invalid(request_with({"Placed"}, "a\xffz"),
                   "event 1: the stream's name is not UTF-8: a\\xffz");
    expect_invalid(request_with({"Placed"}, "ab\xc3"),
                   "event 1: the stream's name is not UTF-8: ab\\xc3");
    for (const char control : {'\0', '\t', '\n', '\x1f', '\x7f'}) {
        const auto checked = check_request(request_with({"Placed"}, std::string{'a', control}));
        EXPECT_FALSE(checked) << static_cast<int>(control);
    }
    expect_invalid(request_with({"Placed"}, "a\nb"),
                   "event 1: the stream's name has a control character: a\\x0ab");
}

TEST(CheckRequest, of_single_bytes_the_printable_ones_are_taken_wherever_they_stand) {
    for (std::size_t size = 1; size <= 26; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string type(size, 'n');
                type[place] = static_cast<char>(byte);
                const bool printable = byte >= 0x20 && byte <= 0x7E;
                ASSERT_EQ(check_request(request_with({type})).has_value(), printable)
                    << "byte " << byte << " at " << place << " of " << size;
            }
        }
    }
}

TEST(CheckRequest, streams_of_the_system_are_for_the_system) {
    const auto request = request_with({"Placed"}, "$import-a");
    expect_invalid(request, "event 1: streams that begin with $ belong to the system: $import-a");
    EXPECT_TRUE(check_request(request, true));
    expect_valid(request_with({"Placed"}, "a$"));
    AppendRequest checks;
    checks.expect = {{"$import-a", Expect::none}};
    expect_valid(checks);
}

TEST(CheckRequest, the_event_is_named_by_its_number) {
    auto request = request_with({"Placed"});
    request.events.push_back({"order-1", {""}});
    expect_invalid(request, "event 2: the type is empty");
}

TEST(CheckRequest, types_have_1_to_255_bytes_of_utf8_without_control_characters) {
    expect_valid(request_with({letters(255)}));
    expect_invalid(request_with({""}), "event 1: the type is empty");
    expect_invalid(request_with({letters(256)}), "event 1: the type " + too_long);
    expect_invalid(request_with({"\x80"}), "event 1: the type is not UTF-8: \\x80");
    expect_invalid(request_with({"a\tb"}), "event 1: the type has a control character: a\\x09b");
}

TEST(CheckRequest, an_event_has_at_most_64_tags) {
    expect_valid(request_with({.type = "T", .tags = std::vector<Tag>(64, "same")}));
    expect_invalid(request_with({.type = "T", .tags = std::vector<Tag>(65, "same")}),
                   "event 1: it has 65 tags, more than 64");
}

TEST(CheckRequest, tags_have_1_to_255_bytes_of_utf8_without_control_characters) {
    expect_valid(request_with({.type = "T", .tags = {letters(255), "größe:ß"}}));
    expect_invalid(request_with({.type = "T", .tags = {"a", ""}}), "event 1: a tag is empty");
    expect_invalid(request_with({.type = "T", .tags = {letters(256)}}),
                   "event 1: a tag " + too_long);
    expect_invalid(request_with({.type = "T", .tags = {"\xed\xa0\x80"}}),
                   "event 1: a tag is not UTF-8: \\xed\\xa0\\x80");
    expect_invalid(request_with({.type = "T", .tags = {"a\rb"}}),
                   "event 1: a tag has a control character: a\\x0db");
}

TEST(CheckRequest, content_types_have_at_most_255_bytes) {
    expect_valid(request_with({.type = "T", .content_type = letters(255)}));
    expect_invalid(request_with({.type = "T", .content_type = letters(256)}),
                   "event 1: the content type " + too_long);
    expect_invalid(request_with({.type = "T", .content_type = "text/\nplain"}),
                   "event 1: the content type has a control character: text/\\x0aplain");
}

TEST(CheckRequest, parts_of_the_metadata_have_at_most_255_bytes_of_utf8) {
    const std::string longest = letters(255), longer = letters(256);
    expect_valid(request_with(
        {.type = "T",
         .metadata = {.correlation = longest, .causation = longest, .actor = longest}}));
    expect_valid(request_with({.type = "T", .metadata = {.actor = "two\nlines"}}));
    expect_invalid(request_with({.type = "T", .metadata = {.correlation = longer}}),
                   "event 1: the correlation " + too_long);
    expect_invalid(request_with({.type = "T", .metadata = {.causation = longer}}),
                   "event 1: the causation " + too_long);
    expect_invalid(request_with({.type = "T", .metadata = {.actor = longer}}),
                   "event 1: the actor " + too_long);
    expect_invalid(request_with({.type = "T", .metadata = {.actor = "\xc0\x80"}}),
                   "event 1: the actor is not UTF-8: \\xc0\\x80");
}

TEST(CheckRequest, metadata_has_at_most_32_kib_of_utf8) {
    expect_valid(request_with({.type = "T", .metadata = {.json = letters(32 * 1024)}}));
    expect_invalid(
        request_with({.type = "T", .metadata = {.json = letters(32 * 1024 + 1)}}),
        "event 1: the metadata has 32769 bytes, more than 32768: " + letters(60) + "...");
    expect_invalid(request_with({.type = "T", .metadata = {.json = "{\xff}"}}),
                   "event 1: the metadata is not UTF-8: {\\xff}");
}

TEST(CheckRequest, a_payload_has_at_most_16_mib_of_anything) {
    expect_valid(request_with({.type = "T", .data = std::string(16UL << 20, '\xff')}));
    expect_invalid(request_with({.type = "T", .data = std::string((16UL << 20) + 1, '\xff')}),
                   "event 1: its data has 16777217 bytes, more than 16777216; keep it elsewhere "
                   "and refer to it");
}

TEST(CheckRequest, an_event_has_an_id) {
    expect_invalid(request_with({.type = "T", .id = {}}),
                   "event 1: its id is nil; leave it as it was made, or give another one");
}

TEST(CheckRequest, an_event_occurs_in_the_years_1_to_9999) {
    const Timestamp first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
    const Timestamp last = Timestamp{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}} - 1us;
    expect_valid(request_with({.type = "T", .occurred_at = first}));
    expect_valid(request_with({.type = "T", .occurred_at = last}));
    expect_invalid(request_with({.type = "T", .occurred_at = first - 1us}),
                   "event 1: it occurred -62135596800000001 microseconds from 1970, outside of the "
                   "years 1 to 9999");
    expect_invalid(request_with({.type = "T", .occurred_at = last + 1us}),
                   "event 1: it occurred 253402300800000000 microseconds from 1970, outside of the "
                   "years 1 to 9999");
}

TEST(CheckRequest, a_request_has_at_most_64_mib) {
    // Three full payloads and one that lacks what the names take: 4 x ("a" + "T").
    AppendRequest request;
    for (int i = 0; i < 4; ++i) {
        request.events.push_back({"a", {.type = "T", .data = std::string(16UL << 20, 'x')}});
    }
    request.events.back().event.data.resize((16UL << 20) - 8);
    expect_valid(request);
    request.events.back().event.tags = {"t"};
    expect_invalid(request, "the request has 67108865 bytes, more than 67108864; divide it");
}

TEST(CheckRequest, a_request_has_at_most_100000_events) {
    AppendRequest request;
    request.events.assign(100'000, {"a", {"T"}});
    expect_valid(request);
    request.events.push_back({"a", {"T"}});
    expect_invalid(request, "the request has 100001 events, more than 100000; divide it");
}

/// A request of checks of the streams 0, 1, 2...
AppendRequest checks_of(std::size_t count) {
    AppendRequest request;
    for (std::size_t i = 0; i < count; ++i) {
        request.expect.push_back({std::to_string(i), Expect::none});
    }
    return request;
}

TEST(CheckRequest, a_request_has_at_most_10000_expectations) {
    expect_valid(checks_of(10'000));
    expect_invalid(checks_of(10'001), "the request has 10001 expectations, more than 10000");
}

TEST(CheckRequest, an_expectation_names_a_stream) {
    auto request = checks_of(2);
    request.expect[1].stream = "";
    expect_invalid(request, "expectation 2: the stream's name is empty");
    request.expect[1].stream = letters(256);
    expect_invalid(request, "expectation 2: the stream's name " + too_long);
}

TEST(CheckRequest, a_stream_has_at_most_one_expectation_however_many_there_are) {
    for (const std::size_t count : {2U, 15U, 16U, 17U, 18U, 1'000U}) {
        for (const std::size_t again : {std::size_t{0}, count / 2, count - 1}) {
            auto request = checks_of(count);
            request.expect.insert(request.expect.begin() + static_cast<std::ptrdiff_t>(again),
                                  {std::to_string(count - 1), Expect::any});
            expect_invalid(request, "two expectations for the stream " + std::to_string(count - 1) +
                                        "; give one for each stream");
        }
        expect_valid(checks_of(count));
    }
}

}  // namespace
}  // namespace mainstem
