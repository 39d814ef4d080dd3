// The trivial model of a store: a list of events and a list of requests, both searched from end to
// end. It shares no code with any backend, so that it can judge all of them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/store/append.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::testing::contract {

/// For one thread. Every function takes time proportional to all that was appended.
class Model {
public:
    /// The answer that a store must give to a request that breaks no rule. Errors have the right
    /// code and conflict, but a text of their own.
    Result<Appended> append(const AppendRequest& request, Timestamp now) {
        if (!request.events.empty()) {
            for (const auto& stored : requests_) {
                if (stored.events.front().event.id != request.events.front().event.id) continue;
                return repeat(stored, request);
            }
        }
        for (const auto& [stream, expected] : request.expect) {
            const auto found = info(stream.str());
            if (expected.met_by(found.version)) continue;
            return Error{StoreError::conflict, "model",
                         Conflict{stream.str(), expected, found.version, found.last_position}};
        }
        if (const auto refused = refusal(request.unless)) return *refused;
        if (request.events.empty()) return Appended{};
        return store(request, now);
    }

    /// The answers that a store must give to a group of such requests.
    std::vector<Result<Appended>> append_group(const std::vector<AppendRequest>& requests,
                                               Timestamp now) {
        std::vector<std::string> unstored;
        std::vector<Result<Appended>> answers;
        for (const auto& request : requests) {
            std::vector<std::string> named;
            for (const auto& one : request.expect) named.push_back(one.stream.str());
            for (const auto& one : request.events) named.push_back(one.stream.str());
            const auto first = std::ranges::find_if(
                named, [&](const std::string& name) { return has(unstored, name); });
            answers.push_back(first == named.end() || knows(request)
                                  ? append(request, now)
                                  : Result<Appended>{unstored_conflict(request, *first)});
            if (answers.back() && !answers.back()->repeated) continue;
            unstored.insert(unstored.end(), named.begin(), named.end());
        }
        return answers;
    }

    /// Those of the events that match, at most `limit`.
    [[nodiscard]] static std::vector<Event> select(const std::vector<Event>& from,
                                                   const EventQuery& query, std::uint64_t limit) {
        std::vector<Event> events;
        for (const auto& event : from) {
            if (events.size() < limit && matches(query, event)) events.push_back(event);
        }
        return events;
    }

    [[nodiscard]] const std::vector<Event>& history() const { return events_; }

    [[nodiscard]] std::vector<Event> stream(const std::string& name) const {
        std::vector<Event> events;
        std::ranges::copy_if(events_, std::back_inserter(events),
                             [&](const Event& event) { return event.stream == name; });
        return events;
    }

    [[nodiscard]] StreamInfo info(const std::string& name) const {
        const auto events = stream(name);
        if (events.empty()) return {name, {}, {}};
        return {name, events.back().version, events.back().position};
    }

    [[nodiscard]] std::vector<StreamInfo> streams(const std::string& prefix) const {
        std::vector<std::string> names;
        for (const auto& event : events_) {
            if (event.stream.starts_with(prefix)) names.push_back(event.stream);
        }
        std::ranges::sort(names);
        const auto doubles = std::ranges::unique(names);
        names.erase(doubles.begin(), doubles.end());
        std::vector<StreamInfo> infos;
        for (const auto& name : names) infos.push_back(info(name));
        return infos;
    }

private:
    struct StoredRequest {
        std::vector<StreamEvent> events;
        Appended answer;
    };

    [[nodiscard]] bool knows(const AppendRequest& request) const {
        return !request.events.empty() &&
               std::ranges::any_of(requests_, [&](const StoredRequest& stored) {
                   return stored.events.front().event.id == request.events.front().event.id;
               });
    }

    [[nodiscard]] Error unstored_conflict(const AppendRequest& request,
                                          const std::string& name) const {
        const auto found = info(name);
        ExpectedVersion expected;
        for (const auto& one : request.expect) {
            if (one.stream.str() == name) expected = one.expected;
        }
        return {StoreError::conflict, "model",
                Conflict{name, expected, found.version, found.last_position}};
    }

    template <class T>
    static bool has(const std::vector<T>& list, const T& value) {
        return std::ranges::find(list, value) != list.end();
    }

    static bool matches(const QueryItem& item, const Event& event) {
        bool all = item.types.empty() || has(item.types, event.type);
        for (const auto& tag : item.tags) all = all && has(event.tags, tag);
        all = all && event.stream.substr(0, item.stream_prefix.size()) == item.stream_prefix;
        if (item.since) all = all && *item.since <= event.recorded_at;
        if (item.until) all = all && event.recorded_at < *item.until;
        return all;
    }

    static bool matches(const EventQuery& query, const Event& event) {
        bool any = query.items.empty();
        for (const auto& item : query.items) any = any || matches(item, event);
        return any;
    }

    [[nodiscard]] std::optional<Error> refusal(const AppendCondition& unless) const {
        const auto conflict = [&](const EventQuery& query, Position after) -> std::optional<Error> {
            const auto found = select(events_, query, no_limit);
            if (found.empty() || found.back().position <= after) return {};
            return Error{StoreError::conflict, "model",
                         Conflict{{}, {}, {}, found.back().position, to_string(query)}};
        };
        if (unless.changed && unless.after.value > events_.size()) {
            return Error{StoreError::out_of_range, "model"};
        }
        std::optional<Error> refused;
        if (unless.changed) refused = conflict(*unless.changed, unless.after);
        if (!refused && unless.exists) refused = conflict(*unless.exists, {});
        return refused;
    }

    static std::string content_type(const NewEvent& event) {
        return event.content_type.empty() ? "application/json" : event.content_type;
    }

    static bool same(const StreamEvent& one, const StreamEvent& other) {
        auto event = one.event;
        auto other_event = other.event;
        event.content_type = content_type(event);
        other_event.content_type = content_type(other_event);
        return one.stream == other.stream && event == other_event;
    }

    static Result<Appended> repeat(const StoredRequest& stored, const AppendRequest& request) {
        if (!std::ranges::equal(stored.events, request.events, same)) {
            return Error{StoreError::id_reused, "model"};
        }
        auto answer = stored.answer;
        answer.repeated = true;
        return answer;
    }

    Appended store(const AppendRequest& request, Timestamp now) {
        Appended answer;
        answer.first = Position{events_.size() + 1};
        answer.position = Position{events_.size() + request.events.size()};
        const auto recorded_at = events_.empty() ? now : std::max(now, events_.back().recorded_at);
        for (const auto& [stream, event] : request.events) {
            const auto version = info(stream.str()).version.next();
            events_.push_back({.position = Position{events_.size() + 1},
                               .stream = stream.str(),
                               .version = version,
                               .type = event.type,
                               .id = event.id,
                               .recorded_at = recorded_at,
                               .occurred_at = event.occurred_at.value_or(recorded_at),
                               .tags = event.tags,
                               .metadata = event.metadata,
                               .content_type = content_type(event),
                               .data = event.data});
            const auto of_stream =
                std::ranges::find(answer.versions, stream, &StreamVersion::stream);
            if (of_stream == answer.versions.end()) {
                answer.versions.push_back({stream, version});
            } else {
                of_stream->version = version;
            }
        }
        requests_.push_back({request.events, answer});
        return answer;
    }

    std::vector<Event> events_;
    std::vector<StoredRequest> requests_;
};

}  // namespace mainstem::testing::contract
