// The reference semantics of every operation of a store.
#include "memory/records.hpp"

#include <algorithm>

#include "store/errors.hpp"

namespace mainstem::memory {

Result<Appended> Records::append(const AppendRequest& request, Timestamp now) {
    const EventId id = request.events.empty() ? EventId{} : request.events.front().event.id;
    const bool newest = requests_.empty() || requests_.rbegin()->first < id;
    const auto known = newest ? requests_.end() : requests_.lower_bound(id);
    if (known != requests_.end() && known->first == id) {
        if (same_content(known->second, request.events)) return repeat_of(known->second);
        return id_reused_error(id, known->second.first);
    }
    FoundStreams found;
    if (auto met = check(request.expect, found); !met) return met.error();
    if (auto met = check(request.unless); !met) return met.error();
    if (request.events.empty()) return Appended{};

    last_recorded_at_ = std::max(last_recorded_at_, now);
    const Stored stored{head().next(), request.events.size()};
    for (const auto& entry : request.events) store(entry, found, last_recorded_at_);
    requests_.emplace_hint(known, id, stored);
    return answer(stored);
}

std::optional<Appended> Records::find_request(const EventId& first) const {
    const auto known = requests_.find(first);
    if (known == requests_.end()) return {};
    return repeat_of(known->second);
}

Appended Records::repeat_of(const Stored& stored) const {
    Appended first_answer = answer(stored);
    first_answer.repeated = true;
    return first_answer;
}

Records::Stream* Records::find(std::string_view stream) const {
    const auto found = by_name_.find(stream);
    return found == by_name_.end() ? nullptr : found->second;
}

Records::Stream& Records::find_or_add(const StreamId& stream, const FoundStreams& found) {
    for (Stream* const one : found) {
        if (one->name == stream.view()) return *one;
    }
    if (Stream* const one = find(stream.view())) return *one;
    Stream& added = streams_.emplace_back(Stream{.name = stream.str(), .positions = {}});
    by_name_.emplace(added.name, &added);
    sorted_.emplace(added.name, &added);
    return added;
}

bool Records::has_extras(const NewEvent& event) {
    return !event.tags.empty() || !event.metadata.empty() || event.occurred_at ||
           (!event.content_type.empty() && event.content_type != json_content_type);
}

Records::Extras Records::extras_of(const NewEvent& event) {
    Extras extras{.tags = {}, .metadata = {}, .content_type = {}, .occurred_at = event.occurred_at};
    TagsView::pack(event.tags, extras.tags);
    MetadataView::pack(event.metadata, extras.metadata);
    if (event.content_type != json_content_type) extras.content_type = event.content_type;
    return extras;
}

bool Records::same_content(const StreamEvent& entry, const Record& record) {
    const NewEvent& event = entry.event;
    return entry.stream.view() == record.stream->name && event.id == record.id &&
           event.type == record.type && event.data == record.data &&
           extras_of(event) == (record.extras ? *record.extras : Extras{});
}

bool Records::same_content(const Stored& stored, const std::vector<StreamEvent>& events) const {
    const auto first = events_.begin() + static_cast<std::ptrdiff_t>(stored.first.value - 1);
    return stored.count == events.size() &&
           std::equal(events.begin(), events.end(), first,
                      [](const StreamEvent& entry, const Record& record) {
                          return same_content(entry, record);
                      });
}

Result<void> Records::check(const std::vector<Expectation>& expectations,
                            FoundStreams& found) const {
    for (const auto& [stream, expected] : expectations) {
        Stream* const one = find(stream.view());
        const Version version{one == nullptr ? 0 : one->positions.size()};
        if (!expected.met_by(version)) {
            const Position last = one == nullptr ? Position{} : one->positions.back();
            return conflict_error(stream, expected, version, last);
        }
        if (one != nullptr && found.size() < FoundStreams::capacity()) found.push_back(one);
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

void Records::store(const StreamEvent& entry, const FoundStreams& found, Timestamp recorded_at) {
    Stream& stream = find_or_add(entry.stream, found);
    stream.positions.push_back(head().next());
    Record& record = events_.emplace_back();
    record.stream = &stream;
    record.version = Version{stream.positions.size()};
    record.recorded_at = recorded_at;
    record.id = entry.event.id;
    record.type = entry.event.type;
    record.data = entry.event.data;
    if (has_extras(entry.event)) {
        record.extras = std::make_unique<const Extras>(extras_of(entry.event));
    }
}

/// A stream is named where its first event in the request stands: the one before that in the stream
/// is of an earlier request.
Appended Records::answer(const Stored& stored) const {
    Appended appended;
    appended.first = stored.first;
    appended.position = Position{stored.first.value + stored.count - 1};
    for (auto position = appended.first; position <= appended.position;
         position = position.next()) {
        const Record& record = events_[position.value - 1];
        const auto& of_stream = record.stream->positions;
        const bool seen_before =
            record.version.value > 1 && of_stream[record.version.value - 2] >= appended.first;
        if (seen_before) continue;
        const auto after = of_stream.back() <= appended.position
                               ? of_stream.end()
                               : std::ranges::upper_bound(of_stream, appended.position);
        appended.versions.push_back(
            {record.stream->name, Version{static_cast<std::uint64_t>(after - of_stream.begin())}});
    }
    return appended;
}

EventView Records::at(Position position) const {
    const Record& record = events_[position.value - 1];
    EventView event{.position = position,
                    .version = record.version,
                    .stream = record.stream->name,
                    .type = record.type,
                    .id = record.id,
                    .recorded_at = record.recorded_at,
                    .occurred_at = record.recorded_at,
                    .tags = {},
                    .metadata = {},
                    .content_type = json_content_type,
                    .data = record.data};
    if (!record.extras) return event;
    const Extras& extras = *record.extras;
    event.occurred_at = extras.occurred_at.value_or(record.recorded_at);
    event.tags = TagsView{extras.tags};
    event.metadata = MetadataView{extras.metadata};
    if (!extras.content_type.empty()) event.content_type = extras.content_type;
    return event;
}

const std::vector<Position>* Records::positions_of(std::string_view stream) const {
    const Stream* found = find(stream);
    return found == nullptr ? nullptr : &found->positions;
}

StreamInfo Records::info_of(const Stream& stream) {
    return {.stream = stream.name,
            .version = Version{stream.positions.size()},
            .last_position = stream.positions.back()};
}

StreamInfo Records::info(std::string_view stream) const {
    const Stream* found = find(stream);
    if (found == nullptr) return {.stream = stream, .version = {}, .last_position = {}};
    return info_of(*found);
}

std::vector<StreamInfo> Records::streams(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const {
    std::vector<StreamInfo> found;
    auto stream = after < prefix ? sorted_.lower_bound(prefix) : sorted_.upper_bound(after);
    for (; stream != sorted_.end() && found.size() < limit; ++stream) {
        if (!stream->first.starts_with(prefix)) break;
        found.push_back(info_of(*stream->second));
    }
    return found;
}

StoreStats Records::stats() const {
    StoreStats stats{.events = events_.size(), .head = head()};
    for (const Stream& stream : streams_) {
        if (stream.name.starts_with('$')) {
            ++stats.system_streams;
            stats.system_events += stream.positions.size();
        } else {
            ++stats.streams;
        }
    }
    return stats;
}

}  // namespace mainstem::memory
