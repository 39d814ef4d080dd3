// Both directions of an event line. Data and the free part of metadata stand in the line as they
// are when they can be cut out of it unchanged, else in base64.
#include "cli/json_line.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/time_text.hpp>

#include "cli/base64.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_text.hpp"
#include "cli/messages.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

Error bad_line(std::string message) { return {CliError::failed, std::move(message)}; }

/// The text of a member that must be a string.
Result<std::string> string_of(std::string_view name, std::string_view value) {
    auto text = json_string(value);
    if (!text) return bad_line(fmt::format("{} must be a string", in_quotes(name)));
    return std::move(*text);
}

/// The bytes of a member that is a string in base64.
Result<std::string> bytes_of(std::string_view name, std::string_view value) {
    const auto code = string_of(name, value);
    if (!code) return code.error();
    auto bytes = decode_base64(*code);
    if (!bytes) return bad_line(fmt::format("{} is not base64", in_quotes(name)));
    return std::move(*bytes);
}

constexpr std::string_view free_part_code = "json_base64";

/// The named parts of metadata, in the order in which they are written.
constexpr std::array<std::pair<std::string_view, std::string Metadata::*>, 3> metadata_parts{
    {{"correlation", &Metadata::correlation},
     {"causation", &Metadata::causation},
     {"actor", &Metadata::actor}}};

std::string Metadata::* named_part(std::string_view name) {
    for (const auto& [part, member] : metadata_parts) {
        if (part == name) return member;
    }
    return nullptr;
}

/// The members of the free part as they can stand beside the named ones; nullopt if the object
/// would not be the same when it is read again.
std::optional<std::string_view> inlined(std::string_view free_part) {
    if (!is_json_line(free_part)) return std::nullopt;
    bool has_members = false;
    bool name_is_taken = false;
    const bool is_object = for_each_member(free_part, [&](const JsonMember& member) {
        has_members = true;
        name_is_taken = member.name == free_part_code || named_part(member.name) != nullptr;
        return !name_is_taken;
    });
    if (!is_object || !has_members || name_is_taken) return std::nullopt;
    return free_part.substr(1, free_part.size() - 2);
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
    append_json_string(out, text);
}

/// null stands for no payload, as it does for every other member, so that the payload `null`
/// cannot.
void append_payload(std::string& out, std::string_view data) {
    if (data.empty()) {
        out += ",\"data\":null";
    } else if (data != "null" && is_json_line(data)) {
        out += ",\"data\":";
        out += data;
    } else {
        out += ",\"data_base64\":\"";
        append_base64(out, data);
        out += '"';
    }
}

void append_tags(std::string& out, TagsView tags) {
    out += ",\"tags\":[";
    for (const auto tag : tags) {
        if (out.back() != '[') out += ',';
        append_json_string(out, tag);
    }
    out += ']';
}

Result<std::vector<Tag>> tags_of(std::string_view value) {
    std::vector<Tag> tags;
    bool all_strings = true;
    const bool is_array = for_each_element(value, [&](std::string_view element) {
        auto tag = json_string(element);
        all_strings = tag.has_value();
        if (tag) tags.emplace_back(std::move(*tag));
        // One too many is kept, so that the store can say so.
        return all_strings && tags.size() <= limits::tags_per_event;
    });
    if (!is_array || !all_strings) return bad_line("\"tags\" must be an array of strings");
    return tags;
}

Result<WantedVersion> wanted_of(std::string_view value) {
    const auto text = json_string(value);
    const auto wanted = parse_wanted(text ? std::string_view{*text} : value);
    if (!wanted) return bad_line(fmt::format("\"expect\" must be {}", wanted_choices));
    return *wanted;
}

Result<Timestamp> time_of(std::string_view name, std::string_view value) {
    const auto text = string_of(name, value);
    if (!text) return text.error();
    const auto time = parse_time(*text);
    if (!time) return bad_line(no_time(name, *text));
    return *time;
}

Result<EventId> id_of(std::string_view value) {
    const auto text = string_of("id", value);
    if (!text) return text.error();
    const auto id = EventId::parse(*text);
    if (!id) return bad_line(fmt::format("\"id\" is no UUID: {}", in_quotes(*text)));
    return *id;
}

/// Puts the value of a result into its place; the error if there is one.
template <class T, class Place>
Result<void> put(Result<T> value, Place& place) {
    if (!value) return value.error();
    place = std::move(*value);
    return {};
}

constexpr std::array<std::string_view, 13> line_members{
    "stream", "type",        "data",         "data_base64", "expect",  "tags",       "metadata",
    "id",     "occurred_at", "content_type", "position",    "version", "recorded_at"};

/// Takes one member after the other.
class LineDecoder {
public:
    Result<void> take(const JsonMember& member) {
        const std::string_view name = member.name;
        const auto known = std::ranges::find(line_members, name);
        if (known == line_members.end()) {
            return bad_line(fmt::format("{} is no member of an event; there are {}",
                                        in_quotes(name), fmt::join(line_members, ", ")));
        }
        auto& seen = seen_.at(static_cast<std::size_t>(known - line_members.begin()));
        if (seen) return bad_line(fmt::format("{} stands there twice", in_quotes(name)));
        seen = true;
        return take_known(name, member.value);
    }

    Result<EventLine> finish() && {
        if (!has_stream_) return bad_line("\"stream\" is missing");
        if (line_.event.type.empty()) return bad_line("\"type\" is missing");
        return std::move(line_);
    }

private:
    Result<void> take_known(std::string_view name, std::string_view value) {
        auto& event = line_.event;
        if (value == "null") return {};
        if (name == "data") return take_data(std::string{value});
        if (name == "data_base64") return take_data(bytes_of(name, value));
        if (name == "stream") return take_stream(value);
        if (name == "type") return put(string_of(name, value), event.type);
        if (name == "expect") return put(wanted_of(value), line_.expect);
        if (name == "tags") return put(tags_of(value), event.tags);
        if (name == "metadata") return take_metadata(value);
        if (name == "id") return put(id_of(value), event.id);
        if (name == "occurred_at") return put(time_of(name, value), event.occurred_at);
        if (name == "content_type") return take_content_type(value);
        return {};
    }
    Result<void> take_data(Result<std::string> data) {
        if (has_data_) return bad_line("\"data\" and \"data_base64\" exclude each other");
        has_data_ = true;
        return put(std::move(data), line_.event.data);
    }
    Result<void> take_metadata(std::string_view value) {
        auto metadata = decode_metadata(value);
        if (!metadata) return metadata.error().in("metadata");
        return put(std::move(metadata), line_.event.metadata);
    }
    Result<void> take_stream(std::string_view value) {
        has_stream_ = true;
        return put(string_of("stream", value), line_.stream);
    }
    /// Empty means JSON, so that the event is the same as one that never said so.
    Result<void> take_content_type(std::string_view value) {
        auto& content_type = line_.event.content_type;
        if (auto taken = put(string_of("content_type", value), content_type); !taken) return taken;
        if (content_type == json_content_type) content_type.clear();
        return {};
    }

    EventLine line_;
    std::array<bool, line_members.size()> seen_{};
    bool has_stream_ = false;
    bool has_data_ = false;
};

/// Takes one member of metadata after the other.
class MetadataDecoder {
public:
    Result<void> take(const JsonMember& member) {
        auto& free_part = metadata_.json;
        if (const auto part = named_part(member.name); part != nullptr) {
            return put(string_of(member.name, member.value), metadata_.*part);
        }
        const bool is_code = member.name == free_part_code;
        if (has_code_ || (is_code && has_members_)) {
            return bad_line("\"json_base64\" is the whole free part, without other members");
        }
        if (is_code) {
            has_code_ = true;
            return put(bytes_of(member.name, member.value), free_part);
        }
        free_part += has_members_ ? "," : "{";
        free_part += member.text;
        has_members_ = true;
        return {};
    }
    Metadata finish() && {
        if (has_members_) metadata_.json += '}';
        return std::move(metadata_);
    }

private:
    Metadata metadata_;
    bool has_members_ = false;
    bool has_code_ = false;
};

/// Lets a decoder take each member of an object until one is refused.
template <class Decoder>
Result<void> take_members(std::string_view object, Decoder& decoder) {
    Result<void> taken;
    const bool is_object = for_each_member(object, [&](const JsonMember& member) {
        taken = decoder.take(member);
        return taken.has_value();
    });
    if (!is_object) return bad_line("no JSON object");
    return taken;
}

}  // namespace

void append_metadata(std::string& out, const MetadataView& metadata) {
    if (metadata.empty()) {
        out += "{}";
        return;
    }
    out += '{';
    const auto owned = metadata.to_owned();
    for (const auto& [name, part] : metadata_parts) {
        if (!(owned.*part).empty()) append_member(out, name, owned.*part);
    }
    if (const auto members = inlined(owned.json)) {
        if (out.back() != '{') out += ',';
        out += *members;
    } else if (!owned.json.empty()) {
        append_member(out, free_part_code, "");
        out.pop_back();
        append_base64(out, owned.json);
        out += '"';
    }
    out += '}';
}

Result<Metadata> decode_metadata(std::string_view object) {
    MetadataDecoder decoder;
    if (auto taken = take_members(object, decoder); !taken) return taken.error();
    return std::move(decoder).finish();
}

void append_event_line(std::string& out, const EventView& event) {
    fmt::format_to(std::back_inserter(out), "{{\"position\":{},\"stream\":", event.position.value);
    append_json_string(out, event.stream);
    fmt::format_to(std::back_inserter(out), ",\"version\":{},\"type\":", event.version.value);
    append_json_string(out, event.type);
    fmt::format_to(std::back_inserter(out), R"(,"id":"{}","recorded_at":"{}","occurred_at":"{}")",
                   event.id.to_string(), to_rfc3339(event.recorded_at),
                   to_rfc3339(event.occurred_at));
    append_tags(out, event.tags);
    out += ",\"metadata\":";
    append_metadata(out, event.metadata);
    out += ",\"content_type\":";
    append_json_string(out, event.content_type.empty() ? json_content_type : event.content_type);
    append_payload(out, event.data);
    out += "}\n";
}

Result<EventLine> decode_event_line(std::string_view line) {
    if (const auto fault = json_fault(line)) return bad_line(fmt::format("no JSON: {}", *fault));
    LineDecoder decoder;
    if (auto taken = take_members(line, decoder); !taken) return taken.error();
    return std::move(decoder).finish();
}

}  // namespace mainstem::cli
