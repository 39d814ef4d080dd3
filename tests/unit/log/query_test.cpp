// Filtered reads and conditions over many segments: every plan gives the answer of a plain search.
#include <algorithm>

#include "log/index_format.hpp"
#include "log_fixture.hpp"
#include "support/colliding_tags.hpp"

namespace mainstem::log {
namespace {

class QueryTest : public LogTest {
protected:
    /// Goes on with the store opened anew, its filtered reads planned so.
    void reopen(PlanChoice plan) {
        store.reset();
        LogConfig wanted = config();
        wanted.plan = plan;
        store = LogStore::open(directory, wanted).value();
    }

    void append_random(Random& random, std::size_t requests) {
        for (std::size_t i = 0; i < requests; ++i) {
            AppendRequest request;
            for (auto events = 1 + random.below(6); events > 0; --events) {
                NewEvent event = plain_event(++made, std::string(random.below(400), 'd'));
                event.type = random.chance(1, 60) ? "Rare" : random.chance(1, 3) ? "A" : "B";
                for (auto tags = random.below(3); tags > 0; --tags) {
                    event.tags.emplace_back(fmt::format("t{}", random.below(1 + random.below(80))));
                }
                request.events.push_back({fmt::format("s{}", random.below(9)), event});
            }
            request.durability = Durability::buffered;
            store->append(request).value();
            clock.advance(std::chrono::milliseconds{random.below(3)});
            if (i % 50 == 0) store->run_background();
        }
        store->flush_buffered();
    }

    EventQuery random_query(Random& random) {
        EventQuery query;
        for (auto items = 1 + random.below(3); items > 0; --items) {
            QueryItem item;
            if (random.chance(1, 2)) item.types.emplace_back(random.chance(1, 2) ? "Rare" : "A");
            if (random.chance(1, 4)) item.types.emplace_back("Unknown");
            if (random.chance(1, 2)) item.tags.emplace_back(fmt::format("t{}", random.below(80)));
            if (random.chance(1, 6)) item.stream_prefix = fmt::format("s{}", random.below(12));
            if (random.chance(1, 6)) item.since = some_time(random);
            if (random.chance(1, 6)) item.until = some_time(random);
            query.items.push_back(std::move(item));
        }
        return query;
    }
    Timestamp some_time(Random& random) {
        const auto span = (clock.now() - begun).count() + 10;
        return begun + std::chrono::microseconds{random.below(static_cast<std::uint64_t>(span))};
    }

    static std::vector<Position> plain_search(const std::vector<Event>& history,
                                              const PositionRead& read) {
        std::vector<Position> found;
        const bool forward = read.direction == Direction::forward;
        for (std::size_t i = 0; i < history.size() && found.size() < read.limit; ++i) {
            const Event& event = history[forward ? i : history.size() - 1 - i];
            const bool before = read.from.value != 0 &&
                                (forward ? event.position < read.from : event.position > read.from);
            std::string tags;
            TagsView::pack(event.tags, tags);
            EventView view{};
            view.stream = event.stream;
            view.type = event.type;
            view.recorded_at = event.recorded_at;
            view.tags = TagsView{tags};
            if (!before && read.query.matches(view)) found.push_back(event.position);
        }
        return found;
    }

    std::vector<Position> positions(EventStore& from, const PositionRead& read) {
        std::vector<Position> found;
        for (const auto& event : from.read_all(read)) found.push_back(event.value().position);
        return found;
    }

    Timestamp begun = clock.now();
};

TEST_F(QueryTest, every_plan_gives_the_answer_of_a_plain_search) {
    open_writer();
    Random random{3};
    append_random(random, 800);
    ASSERT_GT(store->stats().value().segments, 5U);
    const std::vector<Event> history = read_all(*store);
    struct Asked {
        PositionRead read;
        std::vector<Position> answer;
    };
    std::vector<Asked> asked;
    for (int i = 0; i < 150; ++i) {
        PositionRead read{.query = random_query(random)};
        if (random.chance(1, 2)) read.direction = Direction::backward;
        if (random.chance(1, 2)) read.from = {1 + random.below(history.size())};
        if (random.chance(1, 3)) read.limit = random.below(40);
        if (random.chance(1, 2)) read.page_events = 1 + random.below(9);
        std::vector<Position> answer = plain_search(history, read);
        asked.push_back({read, std::move(answer)});
    }
    for (const auto plan : {PlanChoice::cheapest, PlanChoice::index, PlanChoice::scan}) {
        reopen(plan);
        for (const auto& [read, answer] : asked) {
            ASSERT_EQ(positions(*store, read), answer)
                << to_string(read.query) << " from " << read.from << ", plan "
                << static_cast<int>(plan);
        }
    }
}

TEST_F(QueryTest, a_plan_names_what_has_to_be_looked_at) {
    open_writer();
    Random random{5};
    append_random(random, 800);
    const Position head = store->head().value();
    const auto plan = [&](QueryItem item) {
        return store->explain({.query = EventQuery{std::move(item)}}).value().parts;
    };
    const auto everything = store->explain({}).value().parts;
    EXPECT_EQ(everything.front().first, Position{1});
    EXPECT_EQ(everything.back().last, head);
    for (const auto& part : everything) EXPECT_EQ(part.way, ReadPlan::Way::scan);
    for (const auto& part : plan({.types = {"Unknown"}})) {
        EXPECT_EQ(part.way, ReadPlan::Way::nothing);
        EXPECT_EQ(part.events, 0U);
    }
    for (const auto& part : plan({.types = {"B"}})) EXPECT_EQ(part.way, ReadPlan::Way::scan);
    std::uint64_t rare = 0;
    for (const auto& part : plan({.types = {"Rare"}})) {
        EXPECT_NE(part.way, ReadPlan::Way::scan);
        rare += part.events;
    }
    EXPECT_LT(rare, head.value / 20);
    for (const auto& part : plan({.until = begun})) ADD_FAILURE() << part.first;
    store->run_background();
    const auto sealed = plan({.stream_prefix = "unknown"});
    for (std::size_t i = 0; i + 1 < sealed.size(); ++i) {
        EXPECT_EQ(sealed[i].way, ReadPlan::Way::nothing);
    }
}

TEST_F(QueryTest, tags_with_one_hash_are_told_apart) {
    const auto tagged = [&](std::string_view tag) {
        AppendRequest request = one_event("s");
        request.events.front().event.tags.emplace_back(tag);
        return request;
    };
    const EventQuery one{QueryItem{.tags = {support::one_tag}}};
    const EventQuery other{QueryItem{.tags = {support::other_tag}}};
    open_writer();
    store->append(tagged(support::one_tag)).value();
    store->append(tagged(support::one_tag)).value();
    for (int sealed = 0; sealed < 2; ++sealed) {
        SCOPED_TRACE(sealed);
        AppendRequest claim{.unless = {.exists = other}};
        EXPECT_TRUE(store->append(claim));
        claim.unless.exists = one;
        const auto refused = store->append(claim);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().conflict()->position, Position{2});
        EXPECT_TRUE(positions(*store, {.query = other}).empty());
        EXPECT_EQ(positions(*store, {.query = one}).size(), 2U);
        fill(3);
        store->run_background();
    }
    store->append(tagged(support::other_tag)).value();
    fill(6);
    store->run_background();
    const auto refused = store->append({.unless = {.exists = one}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().conflict()->position, Position{2}) << "not that of the other tag";
}

TEST_F(QueryTest, a_read_of_few_matches_tells_how_far_it_has_looked) {
    LogConfig wanted = config();
    wanted.segment_size = limits::segment_most;
    wanted.plan = PlanChoice::scan;
    store = LogStore::open(directory, wanted).value();
    constexpr std::uint64_t events = 120'000;
    for (std::uint64_t i = 0; i < events; i += 5'000) {
        AppendRequest request{.durability = Durability::buffered};
        for (int j = 0; j < 5'000; ++j) request.events.push_back({"s", plain_event(++made, "")});
        store->append(request).value();
    }
    auto cursor = store->read_all({.query = QueryItem{.types = {"Unknown"}}});
    Position before;
    int steps = 0;
    for (; !cursor.ready(); ++steps) {
        EXPECT_GT(cursor.looked_at(), before);
        before = cursor.looked_at();
    }
    EXPECT_GE(steps, 2);
    EXPECT_EQ(cursor.next(), nullptr);
    EXPECT_EQ(cursor.looked_at(), Position{events});
}

TEST_F(QueryTest, no_match_is_lost_between_two_looks_into_an_index) {
    open_writer();
    for (int i = 0; i < 60; ++i) {  // some segments of some hundred events
        AppendRequest request{.durability = Durability::buffered};
        for (int j = 0; j < 20; ++j) {
            request.events.push_back({"s", plain_event(++made, "{}")});
            request.events.back().event.type = j % 5 == 4 ? "Fifth" : "Common";
        }
        store->append(request).value();
    }
    store->run_background();
    const std::vector<Event> history = read_all(*store);
    // So many items that each look takes the least number of candidates for one.
    EventQuery query;
    for (int i = 0; i < 64; ++i) query.items.push_back({.types = {fmt::format("Unknown{}", i)}});
    reopen(PlanChoice::index);
    for (const char* const type : {"Common", "Fifth"}) {
        query.items.push_back({.types = {type}});
        for (const auto direction : {Direction::forward, Direction::backward}) {
            const PositionRead read{.query = query, .direction = direction};
            EXPECT_EQ(positions(*store, read), plain_search(history, read));
        }
    }
}

TEST_F(QueryTest, reads_and_conditions_survive_a_broken_index) {
    open_writer();
    Random random{9};
    append_random(random, 400);
    const PositionRead read{.query = QueryItem{.types = {"Rare"}}};
    const auto answer = positions(*store, read);
    ASSERT_FALSE(answer.empty());
    store.reset();
    for (const std::string& file : files(".index")) {
        std::string bytes = disk.image().at(file);
        for (std::size_t at = block_size + 100; at < bytes.size(); at += block_size) {
            bytes[at] = static_cast<char>(bytes[at] ^ 1);
        }
        put(file, bytes);
    }
    open_writer();
    EXPECT_EQ(positions(*store, read), answer);
    EXPECT_TRUE(noticed("making it anew"));
    const auto refused = store->append({.unless = {.exists = read.query}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().conflict()->position, answer.back());
}

}  // namespace
}  // namespace mainstem::log
