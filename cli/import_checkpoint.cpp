// Progress as JSON.
#include "cli/import_checkpoint.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/json_object.hpp"
#include "cli/json_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Members = std::map<std::string, std::string, std::less<>>;

/// The members of an object with their texts; none if `object` is no valid object.
Members members_of(std::string_view object) {
    Members members;
    if (json_fault(object)) return members;
    for_each_member(object, [&](const JsonMember& member) {
        members.insert_or_assign(member.name, std::string{member.value});
        return true;
    });
    return members;
}

std::string text_of(const Members& members, std::string_view name) {
    const auto found = members.find(name);
    return found == members.end() ? std::string{} : found->second;
}

}  // namespace

std::string encode_checkpoint(const ImportCheckpoint& checkpoint) {
    return JsonObject{}
        .number("rows", checkpoint.rows)
        .number("events", checkpoint.events)
        .number("bad_rows", checkpoint.bad_rows)
        .number("skipped", checkpoint.skipped)
        .number("bytes", checkpoint.bytes)
        .text("fingerprint", checkpoint.fingerprint)
        .boolean("finished", checkpoint.finished)
        .json("options", checkpoint.options)
        .str();
}

Result<ImportCheckpoint> decode_checkpoint(std::string_view payload) {
    const auto members = members_of(payload);
    ImportCheckpoint checkpoint;
    for (const auto& [name, number] : {std::pair{"rows", &checkpoint.rows},
                                       {"events", &checkpoint.events},
                                       {"bad_rows", &checkpoint.bad_rows},
                                       {"skipped", &checkpoint.skipped},
                                       {"bytes", &checkpoint.bytes}}) {
        const auto value = parse_number(text_of(members, name));
        if (!value) {
            return Error{CliError::failed,
                         fmt::format("the progress event has no number {}", in_quotes(name))};
        }
        *number = *value;
    }
    checkpoint.fingerprint = json_string(text_of(members, "fingerprint")).value_or("");
    checkpoint.options = text_of(members, "options");
    checkpoint.finished = text_of(members, "finished") == "true";
    return checkpoint;
}

std::optional<std::string> changed_option(std::string_view before, std::string_view now) {
    const auto old_options = members_of(before);
    for (const auto& [name, value] : members_of(now)) {
        const auto old_value = text_of(old_options, name);
        if (old_value != value) {
            return fmt::format("{} was {}, now it is {}", name, old_value, value);
        }
    }
    return std::nullopt;
}

StreamId checkpoint_stream(std::string_view source) {
    return StreamId{fmt::format("$import-{}", source)};
}

Result<StoredCheckpoint> last_checkpoint(EventStore& store, const StreamId& stream) {
    auto cursor = store.read_stream(stream, {.limit = 1, .direction = Direction::backward});
    const auto* const last = cursor.next();
    if (last == nullptr) return StoredCheckpoint{};
    if (!*last) return last->error();
    auto checkpoint = decode_checkpoint((*last)->data);
    if (!checkpoint) return checkpoint.error().in(stream.view());
    return StoredCheckpoint{.version = (*last)->version, .checkpoint = std::move(*checkpoint)};
}

}  // namespace mainstem::cli
