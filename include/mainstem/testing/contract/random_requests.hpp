// Random requests and reads from a seed: mostly sensible ones, with repeats, reused ids, stale
// expectations and checks among them. They break no rule of check_request.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/core/random.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::testing::contract {

/// One thread at a time.
class RandomRequests {
public:
    explicit RandomRequests(std::uint64_t seed) : random_(seed) {}

    Random& random() { return random_; }

    /// A stream's name; one in sixteen does not exist.
    std::string stream() {
        static constexpr const char* names[] = {"a",      "b",  "ab",   "order-1", "order-2",
                                                "order-", "ß",  "日本", "$log",    "$import-x",
                                                "c",      "c1", "c2",   "c3",      "c4"};
        const auto pick = random_.below(std::size(names) + 1);
        return pick == std::size(names) ? "missing" : names[pick];
    }

    NewEvent event() {
        NewEvent made{.type = pick({"Placed", "Paid", "Sent", "Größe", "X"}), .id = id()};
        made.data = text(random_.chance(1, 20) ? 800 : 120);
        const auto tags = random_.chance(1, 3) ? random_.below(4) : 0;
        for (std::uint64_t i = 0; i < tags; ++i) {
            made.tags.emplace_back(random_.chance(1, 3) ? "tag:" + text(12) : known_tag());
        }
        if (random_.chance(1, 4)) made.metadata.correlation = text(30);
        if (random_.chance(1, 8)) made.metadata.causation = text(30);
        if (random_.chance(1, 8)) made.metadata.actor = text(30);
        if (random_.chance(1, 8)) made.metadata.json = text(200);
        if (random_.chance(1, 4)) made.content_type = pick({"text/plain", "application/json"});
        if (random_.chance(1, 3)) made.occurred_at = time();
        return made;
    }

    /// The next request. `version_of` tells the version of a stream as it is now, `head` the last
    /// position.
    AppendRequest next(const std::function<Version(const std::string&)>& version_of,
                       Position head) {
        newest_ = head.value;
        AppendRequest request;
        const auto kind = random_.below(100);
        if (kind < 15 && !sent_.empty()) {
            request.events = sent_[random_.below(sent_.size())];
        } else if (kind < 25 && !sent_.empty()) {
            request.events = changed(sent_[random_.below(sent_.size())]);
        } else if (kind < 90) {
            request.events = fresh();
        }
        if (!request.events.empty()) sent_.push_back(request.events);
        request.expect = expectations(version_of);
        if (random_.chance(1, 3)) request.unless = condition();
        if (random_.chance(1, 2)) request.durability = Durability::buffered;
        return request;
    }

    /// Requests of a user that build on each other. `append` is called with each, to make it true
    /// for those after it.
    std::vector<AppendRequest> group(const std::function<Version(const std::string&)>& version_of,
                                     Position head,
                                     const std::function<void(const AppendRequest&)>& append) {
        std::vector<AppendRequest> requests;
        for (auto count = random_.below(7); count > 0;) {
            auto request = next(version_of, head);
            const bool of_system = std::ranges::any_of(request.events, [](const auto& entry) {
                return entry.stream.view().starts_with('$');
            });
            if (of_system) continue;
            append(request);
            requests.push_back(std::move(request));
            --count;
        }
        return requests;
    }

    /// A query by types and tags, with alternatives more often than not.
    EventQuery condition_query() {
        EventQuery query;
        for (auto items = random_.below(random_.chance(1, 20) ? 8 : 4); items > 0; --items) {
            QueryItem item;
            for (auto i = random_.below(3); i > 0; --i) item.types.push_back(type());
            for (auto i = random_.below(3); i > 0; --i) item.tags.emplace_back(known_tag());
            query.items.push_back(std::move(item));
        }
        return query;
    }

    /// A query of any kind. Times are near `now`.
    EventQuery query(Timestamp now) {
        EventQuery query = condition_query();
        for (QueryItem& item : query.items) {
            if (random_.chance(1, 4)) item.stream_prefix = stream().substr(0, random_.below(4));
            if (random_.chance(1, 5)) item.since = near(now);
            if (random_.chance(1, 5)) item.until = near(now);
        }
        return query;
    }

    StreamRead stream_read(Version last) {
        return {.from = Version{near(last.value)},
                .limit = limit(last.value),
                .direction = direction(),
                .page_events = page_events()};
    }

    PositionRead position_read(Position head, Timestamp now) {
        return {.from = Position{near(head.value)},
                .to = Position{near(head.value)},
                .query = random_.chance(1, 2) ? query(now) : EventQuery{},
                .limit = limit(head.value),
                .direction = direction(),
                .page_events = page_events()};
    }

private:
    template <class T>
    T pick(std::initializer_list<T> from) {
        return from.begin()[random_.below(from.size())];
    }
    std::string pick(std::initializer_list<const char*> from) { return pick<const char*>(from); }

    std::string type() { return pick({"Placed", "Paid", "Sent", "Größe", "X", "Unknown"}); }
    std::string known_tag() { return pick({"t1", "t2", "t3", "order:1", "order:2", "naïve", "X"}); }

    AppendCondition condition() {
        AppendCondition unless;
        if (random_.chance(2, 3)) unless.changed = condition_query();
        if (random_.chance(1, 3)) unless.exists = condition_query();
        unless.after = {newest_ - std::min(newest_, random_.below(20))};
        if (random_.chance(1, 30)) unless.after.value += random_.below(30);
        return unless;
    }

    Timestamp near(Timestamp now) {
        const auto by = static_cast<std::int64_t>(random_.below(400'000)) - 350'000;
        return now + std::chrono::microseconds{by};
    }

    std::string text(std::uint64_t most) {
        std::string made(random_.below(most + 1), ' ');
        for (auto& letter : made) letter = static_cast<char>('a' + random_.below(26));
        return made;
    }

    /// Any UUID but nil; about half are of version 7 with a time of their own.
    EventId id() {
        EventId made;
        for (auto& byte : made.bytes) byte = static_cast<std::uint8_t>(random_.below(256));
        if (random_.chance(1, 2)) {
            made.bytes[6] = static_cast<std::uint8_t>(0x70 | (made.bytes[6] & 0x0f));
        }
        made.bytes[8] |= 0x80;
        return made;
    }

    Timestamp time() {
        return Timestamp{
            std::chrono::microseconds{static_cast<std::int64_t>(random_.below(1ULL << 52))}};
    }

    std::vector<StreamEvent> fresh() {
        std::vector<StreamEvent> events;
        const auto count = 1 + random_.below(random_.chance(1, 10) ? 8 : 4);
        for (std::uint64_t i = 0; i < count; ++i) events.push_back({stream(), event()});
        return events;
    }

    /// A request that was sent before, with something else in it: often under the same id.
    std::vector<StreamEvent> changed(std::vector<StreamEvent> events) {
        auto& entry = events[random_.below(events.size())];
        switch (random_.below(8)) {
            case 0: entry.event.data += "x"; break;
            case 1: entry.event.tags.emplace_back("added"); break;
            case 2: entry.stream = stream(); break;
            case 3: entry.event.occurred_at = time(); break;
            case 4: events.push_back({stream(), event()}); break;
            case 5: entry.event.content_type = json_content_type; break;
            case 6: entry.event.id = id(); break;
            default: std::swap(events.front(), events.back()); break;
        }
        return events;
    }

    std::vector<Expectation> expectations(
        const std::function<Version(const std::string&)>& version_of) {
        std::vector<Expectation> expect;
        std::set<std::string> named;
        for (auto count = random_.below(4); count > 0; --count) {
            const auto name = stream();
            if (!named.insert(name).second) continue;
            expect.push_back({name, expected(version_of(name))});
        }
        return expect;
    }

    /// Met by a stream at `version` more often than not.
    ExpectedVersion expected(Version version) {
        const auto kind = random_.below(10);
        if (kind < 6) return version;
        if (kind == 6) return Expect::any;
        if (kind == 7) return Expect::exists;
        if (kind == 8) return Expect::none;
        return Version{random_.below(version.value + 3)};
    }

    std::uint64_t near(std::uint64_t last) {
        if (random_.chance(1, 3)) return 0;
        if (random_.chance(1, 4)) return last + random_.below(4);
        return random_.below(last + 2);
    }
    std::uint64_t limit(std::uint64_t last) {
        return random_.chance(1, 2) ? no_limit : random_.below(last + 2);
    }
    Direction direction() {
        return random_.chance(1, 2) ? Direction::forward : Direction::backward;
    }
    std::size_t page_events() {
        return pick<std::size_t>({1, 2, 3, 7, 100, limits::page_events_most});
    }

    Random random_;
    std::uint64_t newest_ = 0;
    std::vector<std::vector<StreamEvent>> sent_;
};

}  // namespace mainstem::testing::contract
