// The verb `append`: one event from flags, or many from lines of JSON.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <mainstem/store/store.hpp>

#include "cli/append_lines.hpp"
#include "cli/append_target.hpp"
#include "cli/condition_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/input.hpp"
#include "cli/json_line.hpp"
#include "cli/json_object.hpp"
#include "cli/json_text.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct AppendArguments {
    StoreArguments store;
    std::optional<std::string> stream;
    std::optional<std::string> type;
    std::optional<std::string> data;
    std::optional<std::string> metadata;
    std::optional<WantedVersion> expect;
    std::vector<std::string> tags;
    std::optional<std::string> from;
    ConditionOptions condition;
    AppendLinesOptions lines;
    Format format = Format::table;
};

std::string_view durability_name(Durability durability) {
    return durability == Durability::flushed ? "flushed" : "buffered";
}

/// Prints answers as they come, in one of the two formats.
class AnswerPrinter {
public:
    AnswerPrinter(Output& output, Format format)
        : output_(output),
          format_(format),
          table_(output, {{"FIRST", Align::right},
                          {"LAST", Align::right},
                          {"STREAMS"},
                          {"DURABILITY"},
                          {"REPEATED"}}) {}

    void print(const Appended& appended) {
        any_ = true;
        if (format_ == Format::jsonl) {
            output_.write(as_line(appended));
            // Whoever sends lines through a pipe may wait for the answer before the next one. What
            // cannot be written is reported at the end.
            static_cast<void>(output_.flush());
        } else {
            table_.add(as_row(appended));
        }
    }
    Result<void> finish() {
        if (format_ == Format::table && any_) table_.finish();
        return output_.flush();
    }

private:
    static std::string as_line(const Appended& appended) {
        std::vector<std::string> versions;
        versions.reserve(appended.versions.size());
        for (const auto& [stream, version] : appended.versions) {
            versions.push_back(
                JsonObject{}.text("stream", stream.view()).number("version", version.value).str());
        }
        return JsonObject{}
                   .number("first", appended.first.value)
                   .number("position", appended.position.value)
                   .json("versions", json_array(versions))
                   .text("durability", durability_name(appended.durability))
                   .boolean("repeated", appended.repeated)
                   .str() +
               '\n';
    }
    static std::vector<std::string> as_row(const Appended& appended) {
        const auto& versions = appended.versions;
        const auto streams = versions.size() == 1
                                 ? fmt::format("{} version {}", versions.front().stream.view(),
                                               versions.front().version.value)
                                 : fmt::format("{}", versions.size());
        return {fmt::format("{}", appended.first.value), fmt::format("{}", appended.position.value),
                streams, std::string{durability_name(appended.durability)},
                appended.repeated ? "yes" : "no"};
    }

    Output& output_;
    Format format_;
    Table table_;
    bool any_ = false;
};

Result<void> check(const AppendArguments& arguments) {
    const bool has_event_flags = arguments.stream || arguments.type || arguments.data ||
                                 arguments.metadata || arguments.expect || !arguments.tags.empty();
    if (arguments.from && has_event_flags) {
        return wrong_usage(
            "--from takes everything from its lines; leave out --stream, --type, "
            "--data, --metadata, --expect and --tag");
    }
    if (!arguments.from && (!arguments.stream || !arguments.type)) {
        return wrong_usage("append needs --stream and --type, or --from FILE");
    }
    return {};
}

/// The event that the flags describe.
Result<NewEvent> event_of(const AppendArguments& arguments) {
    NewEvent event{.type = *arguments.type};
    if (arguments.data) {
        if (const auto fault = json_fault(*arguments.data)) {
            return Error{CliError::failed, fmt::format("--data is no JSON: {}", *fault)};
        }
        event.data = *arguments.data;
    }
    if (arguments.metadata) {
        if (const auto fault = json_fault(*arguments.metadata)) {
            return Error{CliError::failed, fmt::format("--metadata is no JSON: {}", *fault)};
        }
        auto metadata = decode_metadata(*arguments.metadata);
        if (!metadata) return metadata.error().in("--metadata");
        event.metadata = std::move(*metadata);
    }
    event.tags.assign(arguments.tags.begin(), arguments.tags.end());
    return event;
}

/// The rule that the event breaks, if there is one.
std::optional<Error> refusal(const std::string& stream, const NewEvent& event) {
    AppendRequest request;
    request.events.push_back({stream, event});
    const auto checked = check_request(request);
    if (checked) return std::nullopt;
    return Error{StoreError::invalid, reason_for_one(checked.error())};
}

Result<void> append_one(const AppendArguments& arguments, const AppendCondition& unless,
                        AnswerPrinter& printer) {
    auto event = event_of(arguments);
    if (!event) return event.error();
    if (const auto refused = refusal(*arguments.stream, *event)) return *refused;
    auto target = AppendTarget::open(arguments.store);
    if (!target) return target.error();
    AppendRequest request{.unless = unless, .durability = arguments.lines.durability};
    if (arguments.expect && *arguments.expect != WantedVersion{}) {
        request.expect.push_back({*arguments.stream, arguments.expect->as_expected()});
    }
    request.events.push_back({*arguments.stream, std::move(*event)});
    const auto appended = target->append(request);
    if (!appended) return appended.error();
    printer.print(*appended);
    return {};
}

Result<void> append_many(const AppendArguments& arguments, const AppendCondition& unless,
                         AnswerPrinter& printer) {
    auto input = Input::open(*arguments.from);
    if (!input) return input.error();
    auto target = AppendTarget::open(arguments.store);
    if (!target) return target.error();
    auto lines = arguments.lines;
    lines.unless = unless;
    lines.name = *arguments.from == "-" ? "standard input" : *arguments.from;
    return append_lines(*target, *input, lines,
                        [&](const Appended& appended) { printer.print(appended); });
}

Result<void> append(const AppendArguments& arguments) {
    if (auto checked = check(arguments); !checked) return checked;
    const auto unless = condition_of(arguments.condition);
    if (!unless) return unless.error();
    Output output;
    AnswerPrinter printer{output, arguments.format};
    const auto done = arguments.from ? append_many(arguments, *unless, printer)
                                     : append_one(arguments, *unless, printer);
    // Batches that were stored before an error are answered, too.
    auto printed = printer.finish();
    return done ? printed : done;
}

void add_event_flags(CLI::App& verb, AppendArguments& arguments) {
    add_text(verb,
             {.name = "--stream",
              .help = "The stream to append to; required without --from",
              .takes = "STREAM"},
             arguments.stream);
    add_text(
        verb,
        {.name = "--type", .help = "The event's type; required without --from", .takes = "TYPE"},
        arguments.type);
    add_text(verb,
             {.name = "--data", .help = "The payload", .takes = "JSON", .standard = "nothing"},
             arguments.data);
    add_choice(verb,
               {.name = "--expect",
                .help = "What the stream must look like: not looked at, without events, with "
                        "events, or the version of its last event",
                .takes = "any|none|exists|N",
                .standard = "any"},
               std::string{wanted_choices}, [&arguments](const std::string& text) {
                   arguments.expect = parse_wanted(text);
                   return arguments.expect.has_value();
               });
    add_texts(verb, {.name = "--tag", .help = "A tag; may be repeated", .takes = "TAG"},
              arguments.tags);
    add_text(verb,
             {.name = "--metadata",
              .help = "A JSON object; correlation, causation and actor are texts, the rest is free",
              .takes = "JSON"},
             arguments.metadata);
}

void add_line_flags(CLI::App& verb, AppendArguments& arguments) {
    add_text(verb,
             {.name = "--from",
              .help = "Instead of the flags above: events as lines of JSON with stream, type, and "
                      "if wanted data or data_base64, expect, tags, metadata, content_type, id, "
                      "occurred_at; - for standard input",
              .takes = "FILE"},
             arguments.from);
    add_number(verb,
               {.name = "--batch",
                .help = "With --from: lines that are stored together, all or nothing; a line's "
                        "expect counts the lines of its batch above it; with a condition, the most "
                        "that there may be"},
               arguments.lines.batch, {.least = 1, .most = batch_most});
}

}  // namespace

void add_append(CLI::App& program, Action& action) {
    const auto arguments = std::make_shared<AppendArguments>();
    auto& verb = add_verb(
        program, "append", "Append an event, or many from lines of JSON; creates the store",
        "  mainstem append --store orders --stream order-1 --type OrderPlaced \\\n"
        "      --data '{\"total\": 40}' --expect none\n"
        "  mainstem append --store orders --from events.jsonl\n"
        "  mainstem append --store users --stream user-1 --type UserRegistered \\\n"
        "      --tag email:ada@example.org --unless-exists 'tag=email:ada@example.org'");
    add_store(verb, arguments->store);
    add_event_flags(verb, *arguments);
    add_line_flags(verb, *arguments);
    add_condition_flags(verb, arguments->condition);
    add_durability(verb, arguments->lines.durability);
    add_format(verb, arguments->format);
    set_action(verb, action, [arguments] { return append(*arguments); });
}

}  // namespace mainstem::cli
