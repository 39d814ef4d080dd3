// Terms: what a plain search of the events finds, the index in memory and the file made of it find
// too, in both directions and within any bounds.
#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>

#include "log/index_file.hpp"
#include "log/term_query.hpp"
#include "support/colliding_tags.hpp"
#include "support/index_bytes.hpp"
#include "support/memory_file.hpp"

namespace mainstem::log {
namespace {

using FileBytes = std::vector<std::byte>;

struct EventTexts {
    std::string type;
    std::vector<std::string> tags;
};

/// Events with terms, in memory and as an index file.
class Content {
public:
    explicit Content(std::vector<EventTexts> events) : events_(std::move(events)) {
        header_.first_position = 7;
        header_.salt = 99;
        MemoryIndex::Stream* stream = nullptr;
        for (const EventTexts& event : events_) {
            std::vector<TermKey> terms{{TermKind::type, event.type}};
            for (const std::string& tag : event.tags) terms.emplace_back(TermKind::tag, tag);
            if (stream == nullptr) stream = &memory_.add_stream(StreamKey{"s"}, {1});
            memory_.add_event(*stream, 128, terms);
        }
        bytes_ = support::index_bytes(memory_, header_, 128);
        file_ = open(bytes_).value();
    }

    [[nodiscard]] Result<std::unique_ptr<IndexFile>> open(const FileBytes& bytes) const {
        return IndexFile::open(std::make_unique<support::MemoryFile>(bytes), "test.index",
                               {header_.first_position, memory_.size(), header_.salt}, *pages_);
    }
    [[nodiscard]] const SegmentIndex& memory() const { return memory_; }
    [[nodiscard]] const SegmentIndex& file() const { return *file_; }
    [[nodiscard]] const FileBytes& bytes() const { return bytes_; }
    [[nodiscard]] Ordinal size() const { return memory_.size(); }

    [[nodiscard]] std::vector<Ordinal> search(const QueryItem& item, OrdinalRange range,
                                              Direction direction, std::size_t limit) const {
        std::vector<Ordinal> found;
        for (Ordinal i = range.begin; i < range.end; ++i) {
            const EventTexts& event = events_[i];
            const auto has_tag = [&](const Tag& tag) {
                return std::ranges::find(event.tags, tag.str()) != event.tags.end();
            };
            const bool type =
                item.types.empty() || std::ranges::find(item.types, event.type) != item.types.end();
            if (type && std::ranges::all_of(item.tags, has_tag)) found.push_back(i);
        }
        if (direction == Direction::backward) std::ranges::reverse(found);
        if (found.size() > limit) found.resize(limit);
        return found;
    }

private:
    std::vector<EventTexts> events_;
    std::unique_ptr<PageCache> pages_ = std::make_unique<PageCache>(mainstem::Bytes{1 << 18});
    SegmentHeader header_;
    MemoryIndex memory_;
    FileBytes bytes_;
    std::unique_ptr<IndexFile> file_;
};

Content random_content(std::uint64_t seed, std::size_t count) {
    Random random{seed};
    std::vector<EventTexts> events(count);
    for (EventTexts& event : events) {
        event.type = fmt::format("T{}", random.below(random.chance(1, 2) ? 2 : 30));
        for (auto tags = random.below(4); tags > 0; --tags) {
            const std::uint64_t of = random.chance(1, 3) ? 3 : random.chance(1, 2) ? 40 : 5'000;
            event.tags.push_back(fmt::format("t{}", random.below(of)));
        }
    }
    return Content{std::move(events)};
}

QueryItem random_item(Random& random) {
    QueryItem item;
    for (auto types = random.below(3); types > 0; --types) {
        item.types.push_back(fmt::format("T{}", random.below(32)));
    }
    for (auto tags = random.below(3); tags > 0 || item.types.empty();
         tags = tags > 0 ? tags - 1 : 0) {
        item.tags.emplace_back(fmt::format("t{}", random.below(random.chance(1, 2) ? 4 : 50)));
        if (tags == 0) break;
    }
    return item;
}

std::vector<Ordinal> find(const SegmentIndex& index, const QueryItem& item, OrdinalRange range,
                          Direction direction, std::size_t limit) {
    const EventQuery query{item};
    TermQuery terms;
    terms.compile(query);
    std::vector<Ordinal> found;
    index.find_terms(terms.item(0), range, direction, limit, found).value();
    return found;
}

TEST(IndexTerms, are_found_as_by_a_plain_search) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        const Content content = random_content(seed, seed == 1 ? 1 : 400 * seed);
        Random random{seed + 100};
        for (int i = 0; i < 400; ++i) {
            const QueryItem item = random_item(random);
            const auto direction = random.chance(1, 2) ? Direction::forward : Direction::backward;
            const std::size_t limit = random.chance(1, 3) ? random.below(5) : 100'000;
            OrdinalRange range{0, content.size()};
            if (random.chance(1, 2)) {
                range.begin = static_cast<Ordinal>(random.below(content.size()));
                range.end = static_cast<Ordinal>(random.below(content.size() + 1ULL));
            }
            const auto wanted = content.search(item, range, direction, limit);
            SCOPED_TRACE(testing::Message() << to_string(EventQuery{item}) << " in " << range.begin
                                            << " to " << range.end << " of seed " << seed);
            ASSERT_EQ(find(content.memory(), item, range, direction, limit), wanted);
            ASSERT_EQ(find(content.file(), item, range, direction, limit), wanted);
        }
    }
}

TEST(IndexTerms, are_never_more_than_estimated) {
    const Content content = random_content(3, 3'000);
    Random random{1};
    for (int i = 0; i < 200; ++i) {
        const EventQuery query{random_item(random)};
        TermQuery terms;
        terms.compile(query);
        const auto all = content.search(query.items.front(), {0, content.size()},
                                        Direction::forward, content.size());
        std::vector<Ordinal> found;
        const auto estimate = content.file().find_few(terms.item(0), {}, 0, found).value();
        EXPECT_TRUE(found.empty());
        EXPECT_LE(all.size(), estimate);
        const OrdinalRange range{static_cast<Ordinal>(random.below(content.size())),
                                 static_cast<Ordinal>(random.below(content.size() + 1))};
        for (const SegmentIndex* index : {static_cast<const SegmentIndex*>(&content.file()),
                                          static_cast<const SegmentIndex*>(&content.memory())}) {
            found.clear();
            EXPECT_EQ(index->find_few(terms.item(0), range, 40, found).value(), estimate);
            const auto in_range =
                content.search(query.items.front(), range, Direction::forward, content.size());
            if (estimate <= 40) {
                EXPECT_EQ(found, in_range);
            } else {
                EXPECT_TRUE(found.empty());
            }
        }
    }
}

TEST(IndexTerms, with_one_hash_are_told_apart_in_memory_and_joined_in_a_file) {
    const std::string one{support::one_tag};
    const std::string other{support::other_tag};
    ASSERT_EQ(TermKey(TermKind::tag, one).hash, TermKey(TermKind::tag, other).hash);
    const Content content{{{"T", {one}}, {"T", {}}, {"T", {other}}, {"T", {one, other}}}};
    const OrdinalRange all{0, 4};
    const auto tagged = [](const std::string& tag) { return QueryItem{.tags = {Tag{tag}}}; };
    const auto forward = Direction::forward;
    EXPECT_EQ(find(content.memory(), tagged(one), all, forward, 9), (std::vector<Ordinal>{0, 3}));
    EXPECT_EQ(find(content.memory(), tagged(other), all, forward, 9), (std::vector<Ordinal>{2, 3}));
    const std::vector<Ordinal> candidates{0, 2, 3};
    EXPECT_EQ(find(content.file(), tagged(one), all, forward, 9), candidates);
    EXPECT_EQ(find(content.file(), tagged(other), all, forward, 9), candidates);
    EXPECT_TRUE(content.memory().exact());
    EXPECT_FALSE(content.file().exact());
}

TEST(IndexTerms, of_a_type_and_a_tag_with_one_text_differ) {
    const Content content{{{"x", {"y"}}, {"y", {"x"}}}};
    EXPECT_EQ(find(content.file(), {.tags = {"x"}}, {0, 2}, Direction::forward, 9),
              std::vector<Ordinal>{1});
    EXPECT_EQ(find(content.file(), {.types = {"x"}}, {0, 2}, Direction::forward, 9),
              std::vector<Ordinal>{0});
}

TEST(IndexTerms, of_a_damaged_file_are_right_or_an_error) {
    const Content content = random_content(5, 2'000);
    Random random{17};
    std::size_t errors = 0;
    for (int i = 0; i < 300; ++i) {
        FileBytes bytes = content.bytes();
        bytes[block_size + random.below(bytes.size() - block_size)] ^= std::byte{0x10};
        const auto file = content.open(bytes).value();
        const EventQuery query{random_item(random)};
        TermQuery terms;
        terms.compile(query);
        std::vector<Ordinal> found;
        const OrdinalRange all{0, content.size()};
        if (!file->find_terms(terms.item(0), all, Direction::forward, 100'000, found)) {
            ++errors;
            continue;
        }
        ASSERT_EQ(found, content.search(query.items.front(), all, Direction::forward, 100'000));
    }
    EXPECT_GT(errors, 0U);
}

}  // namespace
}  // namespace mainstem::log
