// Event lines: what is written reads back the same, and what users may write.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/time_text.hpp>

#include "cli/json_line.hpp"

namespace mainstem::cli {
namespace {

/// A view of an event with its packed parts.
class Stored {
public:
    Stored(std::string stream, NewEvent event)
        : stream_(std::move(stream)), event_(std::move(event)) {
        TagsView::pack(event_.tags, tags_);
        MetadataView::pack(event_.metadata, metadata_);
    }
    [[nodiscard]] std::string line() const {
        std::string out;
        append_event_line(out, {.position = {7},
                                .version = {3},
                                .stream = stream_,
                                .type = event_.type,
                                .id = event_.id,
                                .recorded_at = *parse_time("2026-01-02T03:04:05.6Z"),
                                .occurred_at = event_.occurred_at.value_or(Timestamp{}),
                                .tags = TagsView{tags_},
                                .metadata = MetadataView{metadata_},
                                .content_type = event_.content_type,
                                .data = event_.data});
        return out;
    }

private:
    std::string stream_;
    NewEvent event_;
    std::string tags_;
    std::string metadata_;
};

NewEvent sample() {
    return {.type = "OrderPlaced",
            .data = R"({"total": 40.0})",
            .tags = {Tag{"customer:7"}, Tag{"say \"hi\""}},
            .metadata = {.correlation = "c", .actor = "ada", .json = R"({"ip": "::1", "n":1.0})"},
            .id = *EventId::parse("0198c0de-0000-7000-8000-000000000001"),
            .occurred_at = parse_time("2025-12-31T23:59:59.123456Z")};
}

std::string fault_of(std::string_view line) {
    const auto decoded = decode_event_line(line);
    return decoded ? "" : decoded.error().message();
}

TEST(EventLine, has_all_members) {
    EXPECT_EQ(Stored("order-1", sample()).line(),
              R"({"position":7,"stream":"order-1","version":3,"type":"OrderPlaced",)"
              R"("id":"0198c0de-0000-7000-8000-000000000001",)"
              R"("recorded_at":"2026-01-02T03:04:05.600Z",)"
              R"("occurred_at":"2025-12-31T23:59:59.123456Z",)"
              R"("tags":["customer:7","say \"hi\""],)"
              R"("metadata":{"correlation":"c","actor":"ada","ip": "::1", "n":1.0},)"
              R"("content_type":"application/json","data":{"total": 40.0}})"
              "\n");
}

TEST(EventLine, reads_back_the_same) {
    const auto event = sample();
    const auto decoded = decode_event_line(Stored("order-1", event).line());
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(decoded->stream, StreamId{"order-1"});
    EXPECT_EQ(decoded->event, event);
    EXPECT_EQ(decoded->expect, WantedVersion{});
}

RC_GTEST_PROP(EventLine, gives_any_bytes_back, (const std::string& data, const std::string& json)) {
    auto event = sample();
    event.data = data;
    event.metadata.json = json;
    event.content_type = "application/octet-stream";
    const auto decoded = decode_event_line(Stored("s", event).line());
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->event == event);
}

TEST(EventLine, takes_payloads_that_cannot_stand_in_a_line_as_base64) {
    for (const std::string& data : {std::string{"null"}, std::string{"{\n}"}, std::string{" {}"},
                                    std::string{"text"}, std::string{"\xff\0", 2}}) {
        auto event = sample();
        event.data = data;
        const auto line = Stored("s", event).line();
        EXPECT_TRUE(line.contains("\"data_base64\":\"")) << line;
        EXPECT_EQ(decode_event_line(line)->event, event);
    }
}

TEST(EventLine, writes_no_payload_as_null) {
    auto event = sample();
    event.data.clear();
    const auto line = Stored("s", event).line();
    EXPECT_TRUE(line.ends_with(",\"data\":null}\n")) << line;
    EXPECT_EQ(decode_event_line(line)->event, event);
}

TEST(EventLine, takes_null_for_a_member_that_is_not_there) {
    const auto decoded = decode_event_line(
        R"({"stream":"s","type":"T","data":null,"data_base64":"AA==","tags":null,"metadata":null,)"
        R"("id":null,"occurred_at":null,"content_type":null,"expect":null})");
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(decoded->event.data, std::string(1, '\0'));
    EXPECT_EQ(decode_event_line(R"({"stream":"s","type":"T","data":null})")->event.data, "");
    EXPECT_TRUE(fault_of(R"({"stream":null,"type":"T"})").contains("\"stream\" is missing"));
}

TEST(EventLine, reads_back_however_deep_its_data_is) {
    for (std::size_t depth = 495; depth < 503; ++depth) {
        auto event = sample();
        event.data = std::string(depth, '[') + std::string(depth, ']');
        event.metadata.json = "{\"a\":" + event.data + "}";
        const auto decoded = decode_event_line(Stored("s", event).line());
        ASSERT_TRUE(decoded) << depth << ": " << decoded.error();
        EXPECT_EQ(decoded->event, event);
    }
}

TEST(EventLine, gives_free_metadata_back_whatever_it_is) {
    for (const auto* const json :
         {"{}", "{ }", "[1]", "no json", "{\"actor\":1}", "{\"a\":1} ", "{\"json_base64\":\"x\"}",
          "{\"a\":\n1}", "{ \"a\" : 1 , \"b\":2 }"}) {
        auto event = sample();
        event.metadata.json = json;
        const auto decoded = decode_event_line(Stored("s", event).line());
        ASSERT_TRUE(decoded) << json << ": " << decoded.error();
        EXPECT_EQ(decoded->event.metadata, event.metadata);
    }
}

TEST(EventLine, needs_only_stream_and_type) {
    const auto decoded = decode_event_line(R"({"stream":"s","type":"T"})");
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(decoded->event.data, "");
    EXPECT_FALSE(decoded->event.id.is_nil());
    EXPECT_EQ(decoded->event.occurred_at, std::nullopt);
}

TEST(EventLine, takes_expectations) {
    const auto expect = [](const std::string& value) {
        return decode_event_line(R"({"stream":"s","type":"T","expect":)" + value + "}");
    };
    EXPECT_EQ(expect("3")->expect, (WantedVersion{.version = {3}}));
    EXPECT_EQ(expect("\"3\"")->expect, (WantedVersion{.version = {3}}));
    EXPECT_EQ(expect("0")->expect, (WantedVersion{.expect = Expect::none}));
    EXPECT_EQ(expect("\"exists\"")->expect, (WantedVersion{.expect = Expect::exists}));
    EXPECT_EQ(expect("null")->expect, WantedVersion{});
    for (const auto* const value : {"-1", "1.5", "\"some\"", "true", "[]"}) {
        EXPECT_FALSE(expect(value)) << value;
    }
}

TEST(EventLine, says_what_is_wrong) {
    EXPECT_TRUE(fault_of("").contains("no JSON"));
    EXPECT_TRUE(fault_of("[]").contains("no JSON object"));
    EXPECT_TRUE(fault_of(R"({"type":"T"})").contains("\"stream\" is missing"));
    EXPECT_TRUE(fault_of(R"({"stream":"s"})").contains("\"type\" is missing"));
    EXPECT_TRUE(fault_of(R"({"stream":1,"type":"T"})").contains("must be a string"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","dat":1})").contains("\"dat\" is no member"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","stream":"t","type":"T"})").contains("twice"));
    EXPECT_TRUE(
        fault_of(R"({"stream":"s","type":"T","data":1,"data_base64":""})").contains("exclude"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","data_base64":"?"})").contains("not base64"));
    EXPECT_TRUE(
        fault_of(R"({"stream":"s","type":"T","tags":["a",1]})").contains("array of strings"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","id":"7"})").contains("no UUID"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","occurred_at":"now"})").contains("no time"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","metadata":1})").contains("object"));
    EXPECT_TRUE(fault_of(R"({"stream":"s","type":"T","metadata":{"actor":1}})").contains("string"));
}

}  // namespace
}  // namespace mainstem::cli
