// The index in memory, alone and with readers beside its writer.
#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "log/memory_index.hpp"
#include "support/segment_builder.hpp"

namespace mainstem::log {
namespace {

constexpr Ordinal everything = ~Ordinal{0};
constexpr Version last_version{~std::uint64_t{0}};

std::uint32_t offset_of(Ordinal ordinal) { return 128 + 8 * ordinal; }

/// Adds the next event, to a stream that is made if it is not there.
void add(MemoryIndex& index, const std::string& stream, Version first = {1}) {
    const StreamKey key{stream};
    MemoryIndex::Stream* found = index.find(key);
    if (found == nullptr) found = &index.add_stream(key, first);
    index.add_event(*found, offset_of(index.size()));
}

std::vector<Ordinal> ordinals(const MemoryIndex& index, const std::string& stream,
                              Ordinal count = everything, Version from = {1},
                              Version to = last_version) {
    const SegmentIndex& readable = index;
    const auto span = readable.find(StreamKey{stream}, count).value();
    std::vector<Ordinal> found;
    if (span) index.ordinals(*span, from, std::min(to, span->last), found).value();
    return found;
}

std::vector<StreamInfo> list(const MemoryIndex& index, std::string_view prefix,
                             std::string_view after, std::size_t limit,
                             Ordinal count = everything) {
    std::vector<StreamInfo> found;
    index.list(prefix, after, limit, count, found).value();
    return found;
}

TEST(MemoryIndex, of_nothing_finds_nothing) {
    const MemoryIndex index;
    const SegmentIndex& readable = index;
    EXPECT_EQ(readable.find(StreamKey{"a"}, everything).value(), std::nullopt);
    std::vector<Ordinal> found;
    index.requests(0, found).value();
    EXPECT_TRUE(found.empty());
    EXPECT_TRUE(list(index, "", "", 10).empty());
    EXPECT_FALSE(index.request_times()->may_hold(support::numbered_id(1)));
}

TEST(MemoryIndex, finds_the_events_of_each_stream) {
    MemoryIndex index;
    for (const char* stream : {"a", "b", "a", "a", "c", "b"}) add(index, stream);
    EXPECT_EQ(ordinals(index, "a"), (std::vector<Ordinal>{0, 2, 3}));
    EXPECT_EQ(ordinals(index, "b"), (std::vector<Ordinal>{1, 5}));
    EXPECT_EQ(ordinals(index, "c"), (std::vector<Ordinal>{4}));
    EXPECT_TRUE(ordinals(index, "d").empty());
    EXPECT_EQ(ordinals(index, "a", everything, {2}, {3}), (std::vector<Ordinal>{2, 3}));
    EXPECT_EQ(ordinals(index, "a", everything, {2}, {2}), (std::vector<Ordinal>{2}));
    EXPECT_TRUE(ordinals(index, "a", everything, {4}).empty());
    std::vector<std::uint32_t> offsets;
    index.offsets(1, 3, offsets).value();
    EXPECT_EQ(offsets, (std::vector<std::uint32_t>{offset_of(1), offset_of(2), offset_of(3)}));
}

TEST(MemoryIndex, shows_only_what_lies_below_the_count) {
    MemoryIndex index;
    for (const char* stream : {"a", "b", "a", "a", "c", "b"}) add(index, stream);
    for (Ordinal count = 0; count <= 6; ++count) {
        std::vector<Ordinal> visible;
        for (const Ordinal ordinal : {0U, 2U, 3U}) {
            if (ordinal < count) visible.push_back(ordinal);
        }
        EXPECT_EQ(ordinals(index, "a", count), visible) << "count " << count;
        EXPECT_EQ(list(index, "", "", 10, count).size(), count < 2 ? count : count < 5 ? 2U : 3U);
    }
    EXPECT_EQ(list(index, "b", "", 10, 5),
              (std::vector<StreamInfo>{{.stream = "b", .version = {1}, .last_position = {1}}}));
}

TEST(MemoryIndex, keeps_versions_that_begin_in_another_segment) {
    MemoryIndex index;
    add(index, "a", {41});
    add(index, "a");
    const SegmentIndex& readable = index;
    const auto span = readable.find(StreamKey{"a"}, everything).value();
    ASSERT_TRUE(span);
    EXPECT_EQ(span->first, Version{41});
    EXPECT_EQ(span->last, Version{42});
    EXPECT_EQ(index.find(StreamKey{"a"})->last(), Version{42});
    EXPECT_EQ(ordinals(index, "a", everything, {42}), (std::vector<Ordinal>{1}));
}

TEST(MemoryIndex, tells_streams_with_one_hash_apart) {
    MemoryIndex index;
    for (const std::string_view name : {"one", "other", "third"}) {
        index.add_event(index.add_stream(StreamKey{7, name}, {1}), 0);
    }
    EXPECT_EQ(index.find(StreamKey{7, "one"})->last_ordinal(), 0U);
    EXPECT_EQ(index.find(StreamKey{7, "other"})->last_ordinal(), 1U);
    EXPECT_EQ(index.find(StreamKey{7, "third"})->last_ordinal(), 2U);
    EXPECT_EQ(index.find(StreamKey{7, "fourth"}), nullptr);
}

TEST(MemoryIndex, lists_names_in_order_by_pages) {
    MemoryIndex index;
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) {
        names.push_back(fmt::format("{}-{}", i % 3, i));
        add(index, names.back());
        if (i % 50 == 0) {
            EXPECT_EQ(list(index, "", "", 1'000).size(), names.size());
        }
    }
    std::ranges::sort(names);
    std::vector<std::string> paged;
    for (std::string after;;) {
        const auto page = list(index, "", after, 7);
        for (const StreamInfo& info : page) paged.push_back(info.stream.str());
        if (page.size() < 7) break;
        after = page.back().stream.str();
    }
    EXPECT_EQ(paged, names);
    EXPECT_EQ(list(index, "1-", "", 1'000).size(), 100U);
    EXPECT_EQ(list(index, "1-", "1-9", 1'000).front().stream.str(), "1-91");
    EXPECT_TRUE(list(index, "1-", "2", 1'000).empty());
    EXPECT_TRUE(list(index, "1-", "", 0).empty());
    EXPECT_TRUE(list(index, "3", "", 1'000).empty());
}

TEST(MemoryIndex, finds_requests_by_the_hash_of_their_id) {
    MemoryIndex index;
    constexpr std::uint64_t requests = 5'000;  // beyond several sizes of the table
    for (std::uint64_t i = 0; i < requests; ++i) {
        index.add_request(support::numbered_id(i));
        add(index, "s");
        add(index, "s");
    }
    for (std::uint64_t i = 0; i < requests; ++i) {
        std::vector<Ordinal> found;
        index.requests(hash_of(support::numbered_id(i)), found).value();
        EXPECT_EQ(found, std::vector{static_cast<Ordinal>(2 * i)});
    }
    std::vector<Ordinal> found;
    index.requests(hash_of(support::numbered_id(requests)), found).value();
    EXPECT_TRUE(found.empty());
    EXPECT_EQ(index.all_requests().size(), requests);
}

TEST(MemoryIndex, yields_every_request_with_the_same_id) {
    MemoryIndex index;
    for (int i = 0; i < 3; ++i) {
        index.add_request(support::numbered_id(1));
        add(index, "s");
    }
    std::vector<Ordinal> found;
    index.requests(hash_of(support::numbered_id(1)), found).value();
    std::ranges::sort(found);
    EXPECT_EQ(found, (std::vector<Ordinal>{0, 1, 2}));
}

TEST(RequestTimes, rule_out_what_is_newer_or_older) {
    RequestTimes times;
    EXPECT_FALSE(times.may_hold(support::numbered_id(5)));
    times.add(support::numbered_id(5));
    times.add(support::numbered_id(9));
    EXPECT_FALSE(times.may_hold(support::numbered_id(4)));
    for (std::uint64_t i = 5; i <= 9; ++i) EXPECT_TRUE(times.may_hold(support::numbered_id(i)));
    EXPECT_FALSE(times.may_hold(support::numbered_id(10)));
    EXPECT_FALSE(times.may_hold(EventId{}));
    times.add(EventId{});
    EXPECT_TRUE(times.may_hold(EventId{}));
}

/// Which stream each event of a long run belongs to: their number grows with the run, so that
/// tables grow while they are read.
class Plan {
public:
    explicit Plan(Ordinal size) {
        Random random{17};
        for (Ordinal i = 0; i < size; ++i) {
            const auto stream = static_cast<std::size_t>(random.below(i / 4 + 1));
            if (stream >= events_.size()) events_.resize(stream + 1);
            events_[stream].push_back(i);
            streams_.push_back(stream);
        }
    }
    [[nodiscard]] Ordinal size() const { return static_cast<Ordinal>(streams_.size()); }
    [[nodiscard]] std::size_t streams() const { return events_.size(); }
    static std::string name(std::size_t stream) { return fmt::format("stream-{}", stream); }
    [[nodiscard]] std::string stream_of(Ordinal event) const { return name(streams_[event]); }
    [[nodiscard]] std::vector<Ordinal> below(std::size_t stream, Ordinal count) const {
        const auto& all = events_[stream];
        return {all.begin(), std::ranges::lower_bound(all, count)};
    }

private:
    std::vector<std::size_t> streams_;
    std::vector<std::vector<Ordinal>> events_;
};

void read_while_written(const MemoryIndex& index, const Plan& plan,
                        const std::atomic<Ordinal>& published, std::uint64_t seed) {
    Random random{seed};
    bool last_round = false;
    for (std::uint64_t round = 0; !last_round; ++round) {
        const Ordinal count = published.load(std::memory_order_acquire);
        last_round = count == plan.size();
        const std::size_t stream = random.below(plan.streams());
        const std::vector<Ordinal> expected = plan.below(stream, count);
        ASSERT_EQ(ordinals(index, Plan::name(stream), count), expected);
        if (expected.empty()) continue;
        std::vector<std::uint32_t> offset;
        index.offsets(expected.back(), expected.back(), offset).value();
        ASSERT_EQ(offset.front(), offset_of(expected.back()));
        if (round % 256 != 0) continue;
        const auto listed = list(index, Plan::name(stream), "", 1, count);
        ASSERT_EQ(listed.size(), 1U);
        ASSERT_EQ(listed.front().version, Version{expected.size()});
        ASSERT_EQ(listed.front().last_position, Position{expected.back()});
    }
}

TEST(MemoryIndex, can_be_read_while_it_is_written) {
    const Plan plan{60'000};
    MemoryIndex index;
    std::atomic<Ordinal> published{0};
    std::vector<std::jthread> readers;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        readers.emplace_back([&, seed] { read_while_written(index, plan, published, seed); });
    }
    for (Ordinal i = 0; i < plan.size(); ++i) {
        add(index, plan.stream_of(i));
        if (i % 3 == 0) published.store(i + 1, std::memory_order_release);
    }
    published.store(plan.size(), std::memory_order_release);
}

}  // namespace
}  // namespace mainstem::log
