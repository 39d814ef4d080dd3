// The trivial model of a store: a list of events and a list of requests, both searched from end to
// end. It shares no code with any backend, so that it can judge all of them.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/store/append.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::contract {

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
        if (request.events.empty()) return Appended{};
        return store(request, now);
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

}  // namespace mainstem::contract
