// The rules that a request meets before a store looks at any stream. Appends pass here a million
// times a second: nothing is allocated unless a rule is broken or there are many expectations.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/store/append.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

/// What is wrong, without the place; nothing if all is well.
using Complaint = std::optional<std::string>;

/// So many expectations are compared each with each, more are sorted first.
constexpr std::size_t few_expectations = 16;

constexpr Timestamp first_time = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Timestamp end_of_time = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};

constexpr std::uint64_t in_each_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }

/// True if each of eight bytes is in 0x20 to 0x7E.
bool printable_ascii(std::uint64_t word) {
    const auto deleted = word ^ in_each_byte(0x7F);
    const auto low = (word - in_each_byte(0x20)) & ~word;
    const auto zero = (deleted - in_each_byte(1)) & ~deleted;
    return ((word | low | zero) & in_each_byte(0x80)) == 0;
}

/// True for what most labels are: then nothing else has to be looked at. Eight bytes at a step;
/// the last step may look again at some of those before.
bool printable_ascii(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    const auto word_at = [&](std::size_t at) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, step);
        return word;
    };
    if (text.size() < step) {
        return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
    }
    for (std::size_t at = 0; at + step < text.size(); at += step) {
        if (!printable_ascii(word_at(at))) return false;
    }
    return printable_ascii(word_at(text.size() - step));
}

std::string too_long(std::string_view what, std::string_view text, std::size_t most) {
    return fmt::format("{} has {} bytes, more than {}: {}", what, text.size(), most, shown(text));
}

/// A text of at most `most` bytes of UTF-8.
Complaint check_text(std::string_view what, std::string_view text,
                     std::size_t most = limits::name_bytes) {
    if (text.empty()) return {};
    if (text.size() > most) return too_long(what, text, most);
    if (!is_utf8(text)) return fmt::format("{} is not UTF-8: {}", what, shown(text));
    return {};
}

/// A text of at most 255 bytes of UTF-8 without control characters.
Complaint check_label(std::string_view what, std::string_view text) {
    if (text.size() <= limits::name_bytes && printable_ascii(text)) return {};
    if (auto complaint = check_text(what, text)) return complaint;
    if (has_control(text)) {
        return fmt::format("{} has a control character: {}", what, shown(text));
    }
    return {};
}

/// A label that is not empty.
Complaint check_name(std::string_view what, std::string_view text) {
    if (text.empty()) return fmt::format("{} is empty", what);
    return check_label(what, text);
}

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

}  // namespace

Result<void> check_request(const AppendRequest& request, bool system) {
    if (auto checked = check_expectations(request.expect); !checked) return checked;
    return check_events(request.events, system);
}

}  // namespace mainstem
