// The verb `read`: events of one stream or of all, as a table or as lines of JSON, in constant
// memory.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <mainstem/core/time_text.hpp>
#include <mainstem/store/store.hpp>

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_line.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct ReadOptions {
    std::string store;
    std::optional<std::string> stream;
    std::uint64_t from = 0;
    std::uint64_t limit = no_limit;
    bool backward = false;
    bool up_to_damage = false;
    Format format = Format::table;
};

/// How much of an event's data a table shows.
constexpr std::size_t data_width = 100;

EventCursor cursor_for(const Store& store, const ReadOptions& options) {
    const auto direction = options.backward ? Direction::backward : Direction::forward;
    if (options.stream) {
        return store.read(*options.stream,
                          {.from = {options.from}, .limit = options.limit, .direction = direction});
    }
    return store.read_all({.from = {options.from}, .limit = options.limit, .direction = direction});
}

/// Calls `print` for each event until the end, the first error, Ctrl-C or a closed pipe.
template <class Print>
Result<std::uint64_t> print_events(EventCursor cursor, const Output& output, const Print& print) {
    std::uint64_t count = 0;
    while (const auto* const event = cursor.next()) {
        if (!*event) return event->error();
        if (interrupt_requested()) {
            return interrupted(fmt::format("interrupted after {}", counted(count, "event")));
        }
        print(**event);
        ++count;
        if (!output.wanted()) break;
    }
    return count;
}

Result<std::uint64_t> print_lines(EventCursor cursor, Output& output) {
    return print_events(std::move(cursor), output, [&](const EventView& event) {
        append_event_line(output.buffer(), event);
        output.pass_on_if_full();
    });
}

Result<std::uint64_t> print_table(EventCursor cursor, Output& output) {
    Table table{output,
                {{"POSITION", Align::right},
                 {"STREAM"},
                 {"VERSION", Align::right},
                 {"TYPE"},
                 {"OCCURRED"},
                 {"DATA"}}};
    const auto count = print_events(std::move(cursor), output, [&](const EventView& event) {
        table.add({fmt::format("{}", event.position.value), std::string{event.stream},
                   fmt::format("{}", event.version.value), std::string{event.type},
                   to_rfc3339(event.occurred_at),
                   shortened(printable(event.data.substr(0, 4 * data_width)), data_width)});
    });
    // An error stands alone, unless something was read before it.
    if (count || !table.empty()) table.finish();
    return count;
}

Result<void> read(const ReadOptions& options) {
    if (options.stream) {
        if (auto checked = check_stream_name("--stream", *options.stream); !checked) return checked;
    }
    const auto store = open_for_reading(options.store, options.up_to_damage);
    if (!store) return store.error();
    Output output;
    auto cursor = cursor_for(*store, options);
    const auto count = options.format == Format::jsonl ? print_lines(std::move(cursor), output)
                                                       : print_table(std::move(cursor), output);
    // What was read before an error is printed, too.
    auto flushed = output.flush();
    if (!count) return count.error();
    if (!flushed) return flushed;
    if (interrupt_requested()) return interrupted("interrupted while writing");
    if (*count == 0 && options.stream && options.limit > 0) {
        say(fmt::format("nothing to read in stream {}", in_quotes(*options.stream)));
    }
    return {};
}

}  // namespace

void add_read(CLI::App& program, Action& action) {
    const auto options = std::make_shared<ReadOptions>();
    auto& verb = add_verb(program, "read", "Print events in order",
                          "  mainstem read --store orders --stream order-1 --format jsonl\n"
                          "  mainstem read --store orders --backward --limit 10");
    add_store(verb, options->store);
    add_text(verb,
             {.name = "--stream",
              .help = "Only this stream",
              .takes = "STREAM",
              .standard = "all, by position"},
             options->stream);
    add_number(verb,
               {.name = "--from",
                .help = "Where to begin: a version with --stream, else a position",
                .standard = "the first there is, with --backward the last"},
               options->from, {.least = 1});
    add_number(verb, {.name = "--limit", .help = "Print so many events at most", .standard = "all"},
               options->limit, {});
    add_switch(verb, {.name = "--backward", .help = "Print the latest first"}, options->backward);
    add_switch(verb,
               {.name = "--up-to-damage",
                .help = "Read a damaged store as far as it is whole instead of refusing"},
               options->up_to_damage);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return read(*options); });
}

}  // namespace mainstem::cli
