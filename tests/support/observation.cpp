#include "support/observation.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mainstem::support {

namespace {

std::string_view full_content_type(std::string_view content_type) {
    return content_type.empty() ? json_content_type : content_type;
}

}  // namespace

std::string Violations::text() const {
    std::string text;
    for (const std::string& line : lines_) text += line + '\n';
    return text;
}

Observation observe(EventStore& store, std::size_t page_events) {
    Observation observation;
    const Result<Position> head = store.head();
    if (!head) return {.error = head.error()};
    observation.head = *head;
    EventCursor cursor = store.read_all({.page_events = page_events});
    while (const auto* event = cursor.next()) {
        if (!event->has_value()) {
            observation.error = event->error();
            break;
        }
        observation.events.push_back((*event)->to_owned());
    }
    return observation;
}

void check_order(const Observation& observation, Violations& violations) {
    std::map<std::string_view, Version> versions;
    Position last;
    Timestamp time = Timestamp::min();
    for (const Event& event : observation.events) {
        if (event.position != last.next()) {
            violations.add(fmt::format("position {} is followed by position {}", last.value,
                                       event.position.value));
        }
        Version& version = versions[event.stream];
        if (event.version != version.next()) {
            violations.add(fmt::format("position {}: stream {} goes from version {} to {}",
                                       event.position.value, event.stream, version.value,
                                       event.version.value));
        }
        if (event.recorded_at < time) {
            violations.add(
                fmt::format("position {}: recorded time goes back", event.position.value));
        }
        last = event.position;
        version = event.version;
        time = event.recorded_at;
    }
    if (observation.head != last) {
        violations.add(fmt::format("the head is said to be {}, the last event read is {}",
                                   observation.head.value, last.value));
    }
}

StreamVersions::StreamVersions(const Observation& observation) {
    for (const Event& event : observation.events) {
        positions_[event.stream].push_back(event.position);
    }
}

Version StreamVersions::at(std::string_view stream, Position position) const {
    const auto& all = positions(stream);
    return {static_cast<std::uint64_t>(std::ranges::upper_bound(all, position) - all.begin())};
}

Position StreamVersions::position_of(std::string_view stream, Version version) const {
    const auto& all = positions(stream);
    if (version.value == 0 || version.value > all.size()) return {};
    return all[version.value - 1];
}

const std::vector<Position>& StreamVersions::positions(std::string_view stream) const {
    static const std::vector<Position> none;
    const auto at = positions_.find(stream);
    return at == positions_.end() ? none : at->second;
}

bool same_content(const StreamEvent& wanted, const Event& stored) {
    const NewEvent& event = wanted.event;
    return wanted.stream.view() == stored.stream && event.type == stored.type &&
           event.id == stored.id && event.data == stored.data && event.tags == stored.tags &&
           event.metadata == stored.metadata &&
           full_content_type(event.content_type) == full_content_type(stored.content_type) &&
           event.occurred_at.value_or(stored.recorded_at) == stored.occurred_at;
}

bool same_content(const AppendRequest& one, const AppendRequest& other) {
    return std::ranges::equal(one.events, other.events,
                              [](const StreamEvent& left, const StreamEvent& right) {
                                  return left.stream == right.stream && left.event == right.event;
                              });
}

}  // namespace mainstem::support
