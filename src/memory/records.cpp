// The reference semantics of every operation of a store.
#include "memory/records.hpp"

#include <algorithm>
#include <unordered_map>

#include "store/errors.hpp"

namespace mainstem::memory {
namespace {

/// The event as it is kept: what may be left out is filled in.
NewEvent completed(NewEvent event) {
    if (event.content_type.empty()) event.content_type = json_content_type;
    return event;
}

}  // namespace

Result<Appended> Records::append(const AppendRequest& request, Timestamp now) {
    if (!request.events.empty()) {
        const auto& id = request.events.front().event.id;
        if (const auto known = requests_.find(id); known != requests_.end()) {
            if (!same_content(known->second, request.events)) {
                return id_reused_error(id, known->second.first);
            }
            Appended first_answer = answer(known->second);
            first_answer.repeated = true;
            return first_answer;
        }
    }
    if (auto met = check(request.expect); !met) return met.error();
    if (auto met = check(request.unless); !met) return met.error();
    if (request.events.empty()) return Appended{};

    last_recorded_at_ = std::max(last_recorded_at_, now);
    const Stored stored{head().next(), request.events.size()};
    for (const auto& entry : request.events) store(entry, last_recorded_at_);
    requests_.emplace(request.events.front().event.id, stored);
    return answer(stored);
}

bool Records::same_content(const Stored& stored, const std::vector<StreamEvent>& events) const {
    const auto first = events_.begin() + static_cast<std::ptrdiff_t>(stored.first.value - 1);
    return stored.count == events.size() &&
           std::equal(events.begin(), events.end(), first,
                      [](const StreamEvent& entry, const Record& record) {
                          return entry.stream.view() == record.stream &&
                                 completed(entry.event) == record.event;
                      });
}

Result<void> Records::check(const std::vector<Expectation>& expectations) const {
    for (const auto& [stream, expected] : expectations) {
        const auto found = info(stream.view());
        if (!expected.met_by(found.version)) {
            return conflict_error(stream, expected, found.version, found.last_position);
        }
    }
    return {};
}

Result<void> Records::check(const AppendCondition& condition) const {
    if (auto checked = check_after(condition, head()); !checked) return checked;
    if (condition.changed) {
        const auto found = last_match(*condition.changed, condition.after);
        if (found) return condition_error(*condition.changed, condition.after, *found);
    }
    if (condition.exists) {
        const auto found = last_match(*condition.exists, {});
        if (found) return condition_error(*condition.exists, {}, *found);
    }
    return {};
}

std::optional<Position> Records::last_match(const EventQuery& query, Position after) const {
    for (Position position = head(); position > after; --position.value) {
        if (query.matches(at(position))) return position;
    }
    return {};
}

void Records::store(const StreamEvent& entry, Timestamp recorded_at) {
    auto& positions = streams_[entry.stream.str()];
    positions.push_back(head().next());
    Record record{.stream = entry.stream.str(),
                  .version = Version{positions.size()},
                  .recorded_at = recorded_at,
                  .event = completed(entry.event),
                  .tags = {},
                  .metadata = {}};
    TagsView::pack(entry.event.tags, record.tags);
    MetadataView::pack(entry.event.metadata, record.metadata);
    events_.push_back(std::move(record));
}

Appended Records::answer(const Stored& stored) const {
    Appended appended;
    appended.first = stored.first;
    appended.position = Position{stored.first.value + stored.count - 1};
    std::unordered_map<std::string_view, std::size_t> places;
    for (auto position = appended.first; position <= appended.position;
         position = position.next()) {
        const auto& record = events_[position.value - 1];
        const auto [place, is_new] = places.emplace(record.stream, appended.versions.size());
        if (is_new) appended.versions.push_back({record.stream, {}});
        appended.versions[place->second].version = record.version;
    }
    return appended;
}

EventView Records::at(Position position) const {
    const auto& record = events_[position.value - 1];
    return {.position = position,
            .version = record.version,
            .stream = record.stream,
            .type = record.event.type,
            .id = record.event.id,
            .recorded_at = record.recorded_at,
            .occurred_at = record.event.occurred_at.value_or(record.recorded_at),
            .tags = TagsView{record.tags},
            .metadata = MetadataView{record.metadata},
            .content_type = record.event.content_type,
            .data = record.event.data};
}

const std::vector<Position>* Records::positions_of(std::string_view stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : &found->second;
}

StreamInfo Records::info(std::string_view stream) const {
    const auto* positions = positions_of(stream);
    if (positions == nullptr) return {.stream = stream, .version = {}, .last_position = {}};
    return {.stream = stream,
            .version = Version{positions->size()},
            .last_position = positions->back()};
}

std::vector<StreamInfo> Records::streams(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const {
    std::vector<StreamInfo> found;
    auto stream = after < prefix ? streams_.lower_bound(prefix) : streams_.upper_bound(after);
    for (; stream != streams_.end() && found.size() < limit; ++stream) {
        if (!stream->first.starts_with(prefix)) break;
        found.push_back(info(stream->first));
    }
    return found;
}

StoreStats Records::stats() const {
    StoreStats stats{.events = events_.size(), .head = head()};
    for (const auto& [stream, positions] : streams_) {
        if (stream.starts_with('$')) {
            ++stats.system_streams;
            stats.system_events += positions.size();
        } else {
            ++stats.streams;
        }
    }
    return stats;
}

}  // namespace mainstem::memory
