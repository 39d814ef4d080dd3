// The verb `import`: its flags, and how its result is printed.
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

#include "cli/exit_code.hpp"
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

/// The name of an import is a part of its stream's name.
Result<void> check_name(const std::string& name) {
    constexpr std::size_t most = limits::name_bytes - std::string_view{"$import-"}.size();
    if (name.size() <= most) return {};
    return Error{CliError::failed,
                 fmt::format("the import's name has {} bytes, more than {}; give it a shorter one "
                             "with --source",
                             name.size(), most)};
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
    if (auto checked = check_name(options.source); !checked) return checked;
    const auto report = run_import(options);
    if (!report) return report.error();
    if (report->was_finished) {
        say(fmt::format("{} was imported before: {}; nothing to do", in_quotes(options.source),
                        counted(report->events_before, "event")));
    }
    return write_result(arguments.format == Format::jsonl ? as_line(options, *report)
                                                          : as_table(options, *report));
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
    add_text(verb,
             {.name = "--stream", .help = "The column with the stream's name", .takes = "COLUMN"},
             mapping.stream);
    add_text(verb,
             {.name = "--type", .help = "The column with the event's type", .takes = "COLUMN"},
             mapping.type);
    add_text(verb,
             {.name = "--time",
              .help = "The column with the time at which it occurred: RFC 3339, or YYYY-MM-DD "
                      "HH:MM:SS[.f][zone], UTC if there is no zone",
              .takes = "COLUMN",
              .standard = "the time of recording"},
             mapping.time);
    add_text(verb,
             {.name = "--stream-prefix",
              .help = "Put before each stream's name",
              .takes = "TEXT",
              .standard = "nothing"},
             mapping.stream_prefix);
    add_texts(verb,
              {.name = "--tag",
               .help = "Tag events with COLUMN=VALUE, none for an empty cell; may be repeated",
               .takes = "COLUMN"},
              mapping.tags);
}

}  // namespace

void add_import(CLI::App& program, Action& action) {
    const auto arguments = std::make_shared<Arguments>();
    auto& options = arguments->options;
    auto& verb = add_verb(program, "import", "Store the rows of a CSV or JSON lines file as events",
                          example);
    add_details(verb, details);
    add_file(verb,
             "A *.csv file, or a *.jsonl or *.ndjson file of JSON lines; - for standard input. Of "
             "any other name, what begins with { is JSON lines, else CSV",
             options.file);
    add_store(verb, options.store);
    add_mapping(verb, options.mapping);
    add_choice(verb,
               {.name = "--sort",
                .help = "Store rows in the order of their times, equal times in the file's order; "
                        "holds the whole file in memory",
                .takes = "time",
                .standard = "the file's order"},
               "time", [&options](const std::string& text) {
                   options.sort_by_time = text == "time";
                   return options.sort_by_time;
               });
    add_number(verb, {.name = "--batch", .help = "Events in a batch"}, options.batch,
               {.least = 1, .most = limits::events_per_request - 1});
    add_text(verb,
             {.name = "--source",
              .help = "The import's name",
              .takes = "NAME",
              .standard = "the file's name"},
             options.source);
    add_text(
        verb,
        {.name = "--bad-rows",
         .help = "Go on after a bad row, and add it to FILE as it is, below the columns' names",
         .takes = "FILE",
         .standard = "stop at a bad row"},
        options.bad_rows);
    add_format(verb, arguments->format);
    set_action(verb, action, [arguments] { return import_file(*arguments); });
}

}  // namespace mainstem::cli
