#include "support/store_views.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

namespace mainstem::support {

namespace {

using Events = std::vector<const Event*>;

class Views {
public:
    Views(EventStore& store, const Observation& whole, Violations& violations)
        : store_(store), violations_(violations) {
        for (const Event& event : whole.events) {
            all_.push_back(&event);
            streams_[event.stream].push_back(&event);
        }
    }

    void check() {
        check_positions();
        for (const auto& [stream, events] : streams_) check_stream(stream, events);
        check_stream("no such stream", {});
        check_listing();
        check_stats();
    }

private:
    void check_positions() {
        expect("everything, backward", store_.read_all({.direction = Direction::backward}),
               backward(all_));
        if (all_.empty()) return;
        const std::size_t middle = all_.size() / 2;
        expect("from the middle", store_.read_all({.from = all_[middle]->position, .limit = 7}),
               part(all_, middle, 7));
    }

    void check_stream(const std::string& stream, const Events& events) {
        expect(stream, store_.read_stream(stream, {.page_events = 3}), events);
        expect(stream + ", backward",
               store_.read_stream(stream, {.direction = Direction::backward}), backward(events));
        const auto info = store_.stream_info(stream);
        const StreamInfo wanted = info_of(stream, events);
        if (!info) return fail("the info of " + stream, info.error().message());
        if (*info != wanted) {
            fail("the info of " + stream,
                 fmt::format("version {} at {}, not {} at {}", info->version.value,
                             info->last_position.value, wanted.version.value,
                             wanted.last_position.value));
        }
        if (events.empty()) return;
        const std::size_t middle = events.size() / 2;
        expect(stream + ", from the middle",
               store_.read_stream(stream, {.from = events[middle]->version, .limit = 2}),
               part(events, middle, 2));
    }

    void check_listing() {
        std::vector<StreamInfo> wanted;
        for (const auto& [stream, events] : streams_) wanted.push_back(info_of(stream, events));
        std::vector<StreamInfo> listed;
        while (true) {
            const std::string after = listed.empty() ? "" : listed.back().stream.str();
            const auto page = store_.streams("", after, 4);
            if (!page) return fail("the listing", page.error().message());
            listed.insert(listed.end(), page->begin(), page->end());
            if (page->empty() || listed.size() > wanted.size()) break;
        }
        if (listed != wanted) fail("the listing", "differs");
    }

    void check_stats() {
        const auto stats = store_.stats();
        if (!stats) return fail("stats", stats.error().message());
        if (stats->events != all_.size()) fail("stats", "another number of events");
        if (stats->streams + stats->system_streams != streams_.size()) {
            fail("stats", "another number of streams");
        }
    }

    void expect(const std::string& what, EventCursor cursor, const Events& wanted) {
        std::size_t index = 0;
        while (const auto* event = cursor.next()) {
            if (!event->has_value()) return fail(what, event->error().message());
            if (index == wanted.size()) return fail(what, "more events");
            if ((*event)->to_owned() != *wanted[index++]) {
                return fail(what, fmt::format("another event {}", index));
            }
        }
        if (index != wanted.size()) fail(what, fmt::format("only {} events", index));
    }

    void fail(const std::string& what, const std::string& how) {
        violations_.add("read of " + what + " against a full read: " + how);
    }

    static StreamInfo info_of(const std::string& stream, const Events& events) {
        if (events.empty()) return {stream, {}, {}};
        return {stream, events.back()->version, events.back()->position};
    }
    static Events backward(const Events& events) { return {events.rbegin(), events.rend()}; }
    static Events part(const Events& events, std::size_t from, std::size_t count) {
        const auto end = std::min(events.size(), from + count);
        return {events.begin() + static_cast<std::ptrdiff_t>(from),
                events.begin() + static_cast<std::ptrdiff_t>(end)};
    }

    EventStore& store_;
    Violations& violations_;
    Events all_;
    std::map<std::string, Events> streams_;
};

}  // namespace

void check_views(EventStore& store, const Observation& whole, Violations& violations) {
    Views(store, whole, violations).check();
}

}  // namespace mainstem::support
