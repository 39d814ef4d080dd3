// The verb `import`: its flags, and how its result is printed.
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

#include "cli/import_run.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct Arguments {
    ImportOptions options;
    std::string sort;
    Format format = Format::table;
};

Result<void> check(const Arguments& arguments) {
    const auto& options = arguments.options;
    const auto& mapping = options.mapping;
    if (options.file == "-" && options.source.empty()) {
        return wrong_usage("standard input needs a name: --source NAME");
    }
    if (mapping.stream.empty() != mapping.type.empty()) {
        return wrong_usage(
            "--stream and --type go together; give both, or none for lines that "
            "mainstem read wrote");
    }
    if (mapping.as_read_wrote() && (!mapping.time.empty() || !mapping.tags.empty())) {
        return wrong_usage("--time and --tag need --stream and --type");
    }
    if (options.sort_by_time && mapping.time.empty() && !mapping.as_read_wrote()) {
        return wrong_usage("--sort time needs --time COLUMN");
    }
    if (mapping.stream_prefix.starts_with('$')) {
        return wrong_usage("--stream-prefix cannot begin with $: such streams are the system's");
    }
    return {};
}

std::string as_line(const ImportOptions& options, const ImportReport& report) {
    return JsonObject{}
               .text("source", options.source)
               .number("rows", report.rows)
               .number("events", report.events)
               .number("events_before", report.events_before)
               .number("bad_rows", report.bad_rows)
               .number("skipped", report.skipped)
               .number("events_per_second", per_second(report.events, report.elapsed))
               .str() +
           '\n';
}

std::string as_table(const ImportOptions& options, const ImportReport& report) {
    Listing listing;
    listing.add("source", options.source);
    listing.add("rows", with_thousands(report.rows));
    listing.add("events", fmt::format("{} in {}, {}/s", with_thousands(report.events),
                                      human_duration(report.elapsed),
                                      with_thousands(per_second(report.events, report.elapsed))));
    if (report.events_before > 0) {
        listing.add("events before", with_thousands(report.events_before));
    }
    if (report.bad_rows > 0) {
        listing.add("bad rows", fmt::format("{}, set aside in {}", with_thousands(report.bad_rows),
                                            options.bad_rows.value_or("")));
    }
    if (report.skipped > 0) {
        listing.add("left out",
                    counted(report.skipped, "event") + " of the other store's system streams");
    }
    return listing.text();
}

Result<void> import_file(Arguments arguments) {
    if (auto checked = check(arguments); !checked) return checked;
    auto& options = arguments.options;
    if (options.source.empty()) {
        options.source = std::filesystem::path{options.file}.filename().string();
    }
    const auto report = run_import(options);
    if (!report) return report.error();
    if (report->was_finished) {
        say(fmt::format("{} was imported before: {}; nothing to do", in_quotes(options.source),
                        counted(report->events_before, "event")));
    }
    Output output;
    output.write(arguments.format == Format::jsonl ? as_line(options, *report)
                                                   : as_table(options, *report));
    return output.flush();
}

constexpr const char* details =
    "The columns that no flag names become the payload, a JSON object; cells of CSV are texts "
    "there,\n"
    "empty ones too. A field that a JSON line lacks is an empty cell: no tag, but a bad row "
    "without\n"
    "stream, type or time. Without --stream and --type, JSON lines are taken as mainstem read "
    "wrote\n"
    "them.\n"
    "Each batch is stored at once, together with a progress event in the stream $import-NAME: an\n"
    "import that broke is run again and goes on where it stopped. A bad row stops it unless\n"
    "--bad-rows is given.";

constexpr const char* example =
    "  mainstem import orders.csv --store orders --stream order_id --type status \\\n"
    "      --time changed_at --tag customer\n"
    "  mainstem read --store orders --format jsonl | mainstem import - --store copy --source copy";

void add_mapping(CLI::App& verb, ImportMapping& mapping) {
    verb.add_option("--stream", mapping.stream, "The column with the stream's name")
        ->type_name("COLUMN");
    verb.add_option("--type", mapping.type, "The column with the event's type")
        ->type_name("COLUMN");
    verb.add_option("--time", mapping.time,
                    "The column with the time at which it occurred: RFC 3339, or YYYY-MM-DD "
                    "HH:MM:SS[.f][zone], UTC if there is no zone")
        ->type_name("COLUMN");
    verb.add_option("--stream-prefix", mapping.stream_prefix, "Put before each stream's name")
        ->type_name("TEXT");
    add_texts(verb,
              {.name = "--tag",
               .help = "Tag events with COLUMN=VALUE, none for an empty cell; "
                       "may be repeated"},
              mapping.tags)
        ->type_name("COLUMN");
}

}  // namespace

void add_import(CLI::App& program, Action& action) {
    const auto arguments = std::make_shared<Arguments>();
    auto& options = arguments->options;
    auto& verb = add_verb(program, "import", "Store the rows of a CSV or JSON lines file as events",
                          example);
    add_details(verb, details);
    verb.add_option(
            "FILE", options.file,
            "*.csv, or *.jsonl or *.ndjson for JSON lines; any other file, and - for standard "
            "input, is JSON lines if it begins with {")
        ->type_name("")
        ->required();
    add_store(verb, options.store);
    add_mapping(verb, options.mapping);
    add_choice(verb,
               {.name = "--sort",
                .help = "time: store rows in the order of their times; equal times stay in the "
                        "file's order. Holds the whole file in memory"},
               "time",
               [&options](const std::string& text) {
                   options.sort_by_time = text == "time";
                   return options.sort_by_time;
               })
        ->type_name("time");
    add_number(verb, {.name = "--batch", .help = "Events in a batch, 1000 by default"},
               options.batch, {.least = 1, .most = limits::events_per_request - 1});
    verb.add_option("--source", options.source, "The import's name; default: the file's name")
        ->type_name("NAME");
    verb.add_option("--bad-rows", options.bad_rows,
                    "Go on after a bad row, and add it to FILE as it is")
        ->type_name("FILE");
    add_format(verb, arguments->format);
    verb.callback(
        [&action, arguments] { action = [arguments] { return import_file(*arguments); }; });
}

}  // namespace mainstem::cli
