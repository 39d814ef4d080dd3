// The verb `index`: how a store's index files are, and making them anew.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <mainstem/log/open.hpp>

#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct IndexOptions {
    std::string store;
    bool all = false;
    Format format = Format::table;
};

std::string_view name(IndexStatus::State state) {
    switch (state) {
        case IndexStatus::State::missing: return "missing";
        case IndexStatus::State::present: return "present";
        case IndexStatus::State::damaged: return "damaged";
        case IndexStatus::State::other_version: return "of another version";
    }
    return "damaged";
}

std::string as_line(const IndexStatus& status) {
    JsonObject line;
    line.text("file", status.file)
        .number("first", status.first.value)
        .text("state", name(status.state))
        .number("bytes", status.bytes);
    if (!status.what.empty()) line.text("what", status.what);
    return line.str() + '\n';
}

void print_table(const std::vector<IndexStatus>& all, Output& output) {
    Table table{output, {{"FIRST", Align::right}, {"STATE"}, {"BYTES", Align::right}, {"FILE"}}};
    for (const auto& status : all) {
        table.add({fmt::format("{}", status.first.value), std::string{name(status.state)},
                   fmt::format("{}", status.bytes), status.file});
    }
    table.finish();
}

/// Says how many index files are not in order, and what to do; nothing if all are.
void say_what_is_wrong(const IndexOptions& options, const std::vector<IndexStatus>& all) {
    const auto is_wrong = [](const IndexStatus& status) {
        return status.state != IndexStatus::State::present;
    };
    const auto first = std::ranges::find_if(all, is_wrong);
    if (first == all.end()) return;
    const std::string reason = first->what.empty()
                                   ? fmt::format("{} is {}", first->file, name(first->state))
                                   : first->what;
    say(
        fmt::format("{} of {} not in order, the first: {}; no event is lost, mainstem index "
                    "rebuild --store {} makes them anew",
                    std::ranges::count_if(all, is_wrong), counted(all.size(), "index file"), reason,
                    in_quotes(options.store)));
}

Error in_words(const IndexOptions& options, const Error& error) {
    return error == StoreError::not_found ? no_store(options.store) : error;
}

/// Shows how far the work is; Ctrl-C ends it.
mainstem::Progress shown_by(Progress& progress) {
    return [&progress](std::uint64_t done, std::uint64_t total) {
        progress.set_total(total);
        progress.update(done, done);
        return !interrupt_requested();
    };
}

Result<void> show_status(const IndexOptions& options) {
    Progress progress{"index", "byte"};
    const auto all = index_status(options.store, shown_by(progress));
    progress.clear();
    if (!all) return in_words(options, all.error());
    if (interrupt_requested()) {
        return interrupted(fmt::format("interrupted after {}", counted(all->size(), "index file")));
    }
    Output output;
    if (options.format == Format::jsonl) {
        for (const auto& status : *all) output.write(as_line(status));
    } else {
        print_table(*all, output);
    }
    say_what_is_wrong(options, *all);
    return output.flush();
}

Result<void> rebuild(const IndexOptions& options) {
    Progress progress{"index", "byte"};
    const auto made =
        rebuild_indexes(options.store, {.all = options.all, .on_notice = say}, shown_by(progress));
    progress.clear();
    if (!made) return in_words(options, made.error());
    if (interrupt_requested()) {
        return interrupted(fmt::format("interrupted after {}", counted(*made, "index file")));
    }
    return write_result(options.format == Format::jsonl
                            ? JsonObject{}.number("made", *made).str() + '\n'
                            : fmt::format("made {}\n", counted(*made, "index file")));
}

}  // namespace

void add_index(CLI::App& program, Action& action) {
    const auto options = std::make_shared<IndexOptions>();
    auto& verb = add_verb(program, "index", "Show the index files of a store, or make them anew",
                          "  mainstem index status --store orders");
    require_verb(verb);
    auto& status = add_verb(verb, "status", "Show how the index file of each full segment is",
                            "  mainstem index status --store orders");
    add_store_directory(status, options->store);
    add_format(status, options->format);
    set_action(status, action, [options] { return show_status(*options); });
    auto& anew = add_verb(verb, "rebuild",
                          "Make index files anew that are missing, damaged or of another version",
                          "  mainstem index rebuild --store orders --all");
    add_store_directory(anew, options->store);
    add_switch(anew, {.name = "--all", .help = "Make every index file anew"}, options->all);
    add_format(anew, options->format);
    set_action(anew, action, [options] { return rebuild(*options); });
}

}  // namespace mainstem::cli
