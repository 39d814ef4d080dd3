// The packed forms of tags and metadata: round trips, what is refused, and views made into values.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/event/event.hpp>

namespace mainstem {
namespace {

std::string packed_tags(const std::vector<Tag>& tags) {
    std::string out;
    TagsView::pack(tags, out);
    return out;
}

std::string packed_metadata(const Metadata& metadata) {
    std::string out;
    MetadataView::pack(metadata, out);
    return out;
}

rc::Gen<std::string> bytes(std::size_t least, std::size_t most) {
    return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [](std::size_t size) {
        return rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
    });
}

rc::Gen<std::vector<Tag>> any_tags() {
    return rc::gen::mapcat(
        rc::gen::inRange<std::size_t>(0, limits::tags_per_event + 1), [](auto n) {
            return rc::gen::container<std::vector<Tag>>(
                n,
                rc::gen::map(bytes(1, limits::name_bytes), [](std::string s) { return Tag{s}; }));
        });
}

/// The definition of well-formed tags, written plainly.
bool plainly_tags(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        const auto length = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        if (length == 0 || length > text.size() || ++count > limits::tags_per_event) return false;
        text.remove_prefix(length);
    }
    return true;
}

TEST(NewEvent, is_born_with_an_id) {
    const NewEvent first{"OrderPlaced"};
    const NewEvent second{"OrderPlaced"};
    EXPECT_FALSE(first.id.is_nil());
    EXPECT_LT(first.id, second.id);
    EXPECT_NE(first, second);
    EXPECT_EQ(first, NewEvent{first});
}

TEST(NewEvents, keep_their_order) {
    NewEvents events{{"A"}, {"B"}};
    events.add({"C"});
    std::string types;
    for (const auto& event : events) types += event.type;
    EXPECT_EQ(types, "ABC");
    EXPECT_EQ(events.size(), 3U);
    EXPECT_TRUE(NewEvents{}.empty());
}

TEST(TagsView, without_tags_is_empty) {
    const TagsView none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.size(), 0U);
    EXPECT_EQ(none.begin(), none.end());
    EXPECT_FALSE(none.contains("x"));
    EXPECT_EQ(packed_tags(std::vector<Tag>{}), "");
}

TEST(TagsView, finds_whole_tags_only) {
    const auto bytes = packed_tags({"email:ada@example.org", "course:7"});
    const TagsView tags{bytes};
    EXPECT_EQ(tags.size(), 2U);
    EXPECT_TRUE(tags.contains("course:7"));
    EXPECT_FALSE(tags.contains("course:"));
    EXPECT_FALSE(tags.contains("course:77"));
    EXPECT_EQ(bytes, std::string{"\x15"} + "email:ada@example.org" + "\x08" + "course:7");
}

RC_GTEST_PROP(TagsView, yields_what_was_packed, ()) {
    const auto tags = *any_tags();
    const auto bytes = packed_tags(tags);
    RC_ASSERT(TagsView::well_formed(bytes));
    const TagsView view{bytes};
    RC_ASSERT((std::vector<Tag>{view.begin(), view.end()} == tags));
    RC_ASSERT(view.size() == tags.size());
    for (const auto& tag : tags) RC_ASSERT(view.contains(tag.view()));
}

RC_GTEST_PROP(TagsView, well_formed_means_what_it_says, ()) {
    // Short lengths make strings that are nearly right.
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::inRange<char>(0, 4), rc::gen::arbitrary<char>()));
    RC_ASSERT(TagsView::well_formed(text) == plainly_tags(text));
}

TEST(TagsView, takes_64_tags_and_no_more) {
    std::string bytes;
    for (int i = 0; i < 64; ++i) bytes += "\1x";
    EXPECT_TRUE(TagsView::well_formed(bytes));
    EXPECT_FALSE(TagsView::well_formed(bytes + "\1x"));
}

TEST(TagsViewDeathTest, pack_refuses_tags_that_no_store_takes) {
    EXPECT_DEATH(packed_tags({Tag{""}}), "1 to 255 bytes");
    EXPECT_DEATH(packed_tags({Tag{std::string(256, 'x')}}), "1 to 255 bytes");
}

TEST(MetadataView, without_anything_takes_no_byte) {
    EXPECT_EQ(packed_metadata(Metadata{}), "");
    EXPECT_TRUE(MetadataView{}.empty());
    EXPECT_EQ(MetadataView{}.to_owned(), Metadata{});
}

RC_GTEST_PROP(MetadataView, yields_what_was_packed, ()) {
    const Metadata metadata{.correlation = *bytes(0, 255),
                            .causation = *bytes(0, 255),
                            .actor = *bytes(0, 255),
                            .json = *bytes(0, 1000)};
    const auto form = packed_metadata(metadata);
    RC_ASSERT(MetadataView::well_formed(form));
    const MetadataView view{form};
    RC_ASSERT(view.correlation() == metadata.correlation);
    RC_ASSERT(view.causation() == metadata.causation);
    RC_ASSERT(view.actor() == metadata.actor);
    RC_ASSERT(view.json() == metadata.json);
    RC_ASSERT(view.to_owned() == metadata);
    RC_ASSERT(view.empty() == (metadata == Metadata{}));
}

RC_GTEST_PROP(MetadataView, what_is_well_formed_packs_to_itself, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::inRange<char>(0, 4), rc::gen::arbitrary<char>()));
    if (!MetadataView::well_formed(text)) return;
    RC_ASSERT(packed_metadata(MetadataView{text}.to_owned()) == text);
}

TEST(MetadataView, refuses_lengths_beyond_the_end) {
    using namespace std::string_view_literals;
    EXPECT_TRUE(MetadataView::well_formed("\1\1\1abc"sv));
    EXPECT_TRUE(MetadataView::well_formed("\0\0\0{}"sv));
    EXPECT_FALSE(MetadataView::well_formed("\1\1\1ab"sv));
    EXPECT_FALSE(MetadataView::well_formed("\0\0\0"sv)) << "empty metadata is packed as nothing";
    EXPECT_FALSE(MetadataView::well_formed("\0\0"sv));
    EXPECT_FALSE(
        MetadataView::well_formed("\xff\xff\xff"
                                  "abc"sv));
}

TEST(EventView, to_owned_copies_everything) {
    const std::vector<Tag> tags{"a", "b"};
    const Metadata metadata{.correlation = "c", .actor = "ada", .json = "{}"};
    auto tag_bytes = packed_tags(tags);
    auto metadata_bytes = packed_metadata(metadata);
    std::string stream = "order-1";
    std::string data = R"({"total": 40})";
    const EventView view{.position = Position{9},
                         .version = Version{2},
                         .stream = stream,
                         .type = "OrderPlaced",
                         .id = EventId::generate(),
                         .recorded_at = Timestamp{std::chrono::microseconds{5}},
                         .occurred_at = Timestamp{std::chrono::microseconds{4}},
                         .tags = TagsView{tag_bytes},
                         .metadata = MetadataView{metadata_bytes},
                         .content_type = json_content_type,
                         .data = data};
    const auto event = view.to_owned();
    for (auto* text : {&tag_bytes, &metadata_bytes, &stream, &data})
        text->assign(text->size(), '?');

    EXPECT_EQ(event.position, Position{9});
    EXPECT_EQ(event.version, Version{2});
    EXPECT_EQ(event.stream, "order-1");
    EXPECT_EQ(event.type, "OrderPlaced");
    EXPECT_EQ(event.id, view.id);
    EXPECT_EQ(event.recorded_at, view.recorded_at);
    EXPECT_EQ(event.occurred_at, view.occurred_at);
    EXPECT_EQ(event.tags, tags);
    EXPECT_EQ(event.metadata, metadata);
    EXPECT_EQ(event.content_type, "application/json");
    EXPECT_EQ(event.data, R"({"total": 40})");
}

}  // namespace
}  // namespace mainstem
