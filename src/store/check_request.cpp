// The rules that a request meets before a store looks at any stream. Appends pass here a million
// times a second: nothing is allocated unless a rule is broken or there are many expectations.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/store/append.hpp>

#include "store/errors.hpp"
#include "store/text_rules.hpp"

namespace mainstem {
namespace {

/// So many expectations are compared each with each, more are sorted first.
constexpr std::size_t few_expectations = 16;

constexpr Timestamp first_time = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Timestamp end_of_time = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};

Complaint check_tags(const std::vector<Tag>& tags) {
    if (tags.size() > limits::tags_per_event) {
        return fmt::format("it has {} tags, more than {}", tags.size(), limits::tags_per_event);
    }
    for (const auto& tag : tags) {
        if (auto complaint = check_name("a tag", tag.view())) return complaint;
    }
    return {};
}

Complaint check_metadata(const Metadata& metadata) {
    const std::array<std::pair<std::string_view, const std::string*>, 3> parts{
        {{"the correlation", &metadata.correlation},
         {"the causation", &metadata.causation},
         {"the actor", &metadata.actor}}};
    for (const auto& [what, text] : parts) {
        if (auto complaint = check_text(what, *text)) return complaint;
    }
    return check_text("the metadata", metadata.json, limits::metadata_json_bytes);
}

Complaint check_id_and_time(const NewEvent& event) {
    if (event.id.is_nil()) return "its id is nil; leave it as it was made, or give another one";
    if (event.occurred_at &&
        (*event.occurred_at < first_time || *event.occurred_at >= end_of_time)) {
        return fmt::format("it occurred {} microseconds from 1970, outside of the years 1 to 9999",
                           event.occurred_at->time_since_epoch().count());
    }
    return {};
}

Complaint check_event(const NewEvent& event) {
    if (auto complaint = check_name("the type", event.type)) return complaint;
    if (auto complaint = check_tags(event.tags)) return complaint;
    if (auto complaint = check_label("the content type", event.content_type)) return complaint;
    if (auto complaint = check_metadata(event.metadata)) return complaint;
    if (auto complaint = check_id_and_time(event)) return complaint;
    if (event.data.size() > limits::payload.value) {
        return fmt::format("its data has {} bytes, more than {}; keep it elsewhere and refer to it",
                           event.data.size(), limits::payload.value);
    }
    return {};
}

Complaint check_target(std::string_view stream, bool system) {
    if (auto complaint = check_name("the stream's name", stream)) return complaint;
    if (!system && stream.front() == '$') {
        return fmt::format("streams that begin with $ belong to the system: {}", shown(stream));
    }
    return {};
}

std::uint64_t content_bytes(const StreamEvent& entry) {
    const auto& event = entry.event;
    const auto& metadata = event.metadata;
    std::uint64_t bytes = entry.stream.view().size() + event.type.size() + event.data.size() +
                          event.content_type.size() + metadata.correlation.size() +
                          metadata.causation.size() + metadata.actor.size() + metadata.json.size();
    for (const auto& tag : event.tags) bytes += tag.view().size();
    return bytes;
}

Error invalid(std::string message) { return {StoreError::invalid, std::move(message)}; }

Result<void> check_events(const std::vector<StreamEvent>& events, bool system) {
    if (events.size() > limits::events_per_request) {
        return invalid(fmt::format("the request has {} events, more than {}; divide it",
                                   events.size(), limits::events_per_request));
    }
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto complaint = check_target(events[i].stream.view(), system);
        if (!complaint) complaint = check_event(events[i].event);
        if (complaint) return invalid(fmt::format("event {}: {}", i + 1, *complaint));
        bytes += content_bytes(events[i]);
    }
    if (bytes > limits::request.value) {
        return invalid(fmt::format("the request has {} bytes, more than {}; divide it", bytes,
                                   limits::request.value));
    }
    return {};
}

/// The stream that is named twice, if there is one.
std::optional<std::string_view> named_twice(const std::vector<Expectation>& expectations) {
    if (expectations.size() <= few_expectations) {
        for (auto one = expectations.begin(); one != expectations.end(); ++one) {
            const auto same = [&](const auto& other) { return other.stream == one->stream; };
            if (std::any_of(expectations.begin(), one, same)) return one->stream.view();
        }
        return {};
    }
    std::vector<std::string_view> names;
    names.reserve(expectations.size());
    for (const auto& expectation : expectations) names.push_back(expectation.stream.view());
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return {};
    return *twice;
}

Result<void> check_expectations(const std::vector<Expectation>& expectations) {
    if (expectations.size() > limits::expectations_per_request) {
        return invalid(fmt::format("the request has {} expectations, more than {}",
                                   expectations.size(), limits::expectations_per_request));
    }
    for (std::size_t i = 0; i < expectations.size(); ++i) {
        if (auto complaint = check_name("the stream's name", expectations[i].stream.view())) {
            return invalid(fmt::format("expectation {}: {}", i + 1, *complaint));
        }
    }
    if (const auto twice = named_twice(expectations)) {
        return invalid(fmt::format("two expectations for the stream {}; give one for each stream",
                                   shown(*twice)));
    }
    return {};
}

Result<void> check_condition(const AppendCondition& condition) {
    for (const auto* query : {&condition.changed, &condition.exists}) {
        if (!*query) continue;
        if (auto checked = check_query(**query); !checked) return checked.error().in("condition");
        const bool plain = std::ranges::all_of((*query)->items, [](const QueryItem& item) {
            return item.stream_prefix.empty() && !item.since && !item.until;
        });
        if (!plain) {
            return invalid("condition: takes types and tags alone, no prefix and no times");
        }
    }
    return {};
}

}  // namespace

Result<void> check_request(const AppendRequest& request, bool system) {
    if (auto checked = check_expectations(request.expect); !checked) return checked;
    if (auto checked = check_condition(request.unless); !checked) return checked;
    return check_events(request.events, system);
}

}  // namespace mainstem
