// The verb `streams`: names and versions of the streams in a store. Those of the system are counted
// apart, and listed only when asked for by a prefix that begins with `$`.
#include <cstdint>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <mainstem/store/store.hpp>

#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct StreamsOptions {
    StoreArguments store;
    std::string prefix;
    Format format = Format::table;
};

struct StreamCounts {
    std::uint64_t listed = 0;
    std::uint64_t left_out = 0;  ///< system streams
};

constexpr std::size_t page_streams = 1000;

bool is_system(const StreamInfo& info) { return info.stream.view().starts_with('$'); }

/// Calls `print` for each stream that is to be listed, until nobody reads on.
template <class Print>
Result<StreamCounts> list(const Store& store, const StreamsOptions& options, const Output& output,
                          const Print& print) {
    const bool with_system = options.prefix.starts_with('$');
    StreamCounts counts;
    std::string after;
    while (output.wanted()) {
        const auto page = store.streams(options.prefix, after, page_streams);
        if (!page) return page.error();
        for (const auto& info : *page) {
            const bool left_out = is_system(info) && !with_system;
            ++(left_out ? counts.left_out : counts.listed);
            if (!left_out) print(info);
        }
        if (page->size() < page_streams) break;
        if (interrupt_requested()) return interrupted("interrupted; the list is not complete");
        after = page->back().stream.str();
    }
    return counts;
}

Result<StreamCounts> print_lines(const Store& store, const StreamsOptions& options,
                                 Output& output) {
    return list(store, options, output, [&](const StreamInfo& info) {
        output.write(JsonObject{}
                         .text("stream", info.stream.view())
                         .number("version", info.version.value)
                         .number("last_position", info.last_position.value)
                         .str() +
                     '\n');
    });
}

Result<StreamCounts> print_table(const Store& store, const StreamsOptions& options,
                                 Output& output) {
    Table table{output, {{"STREAM"}, {"VERSION", Align::right}, {"LAST POSITION", Align::right}}};
    const auto counts = list(store, options, output, [&](const StreamInfo& info) {
        table.add({info.stream.str(), fmt::format("{}", info.version.value),
                   fmt::format("{}", info.last_position.value)});
    });
    if (counts || !table.empty()) table.finish();
    if (!counts) return counts;
    output.write(counted(counts->listed, "stream"));
    if (counts->left_out > 0) {
        output.write(fmt::format(", and {} (--prefix '$' lists them)",
                                 counted(counts->left_out, "system stream")));
    }
    output.write("\n");
    return counts;
}

Result<void> streams(const StreamsOptions& options) {
    if (!options.prefix.empty()) {
        if (auto checked = check_stream_name("--prefix", options.prefix); !checked) return checked;
    }
    const auto store = open_for_reading(options.store);
    if (!store) return store.error();
    Output output;
    const auto counts = options.format == Format::jsonl ? print_lines(*store, options, output)
                                                        : print_table(*store, options, output);
    auto flushed = output.flush();
    if (!counts) return counts.error();
    return flushed;
}

}  // namespace

void add_streams(CLI::App& program, Action& action) {
    const auto options = std::make_shared<StreamsOptions>();
    auto& verb = add_verb(program, "streams", "List the streams of a store",
                          "  mainstem streams --store orders --prefix order-");
    add_store(verb, options->store);
    add_text(verb,
             {.name = "--prefix",
              .help = "Only streams whose names begin with this; `$` for those of the system",
              .takes = "TEXT",
              .standard = "all but those of the system"},
             options->prefix);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return streams(*options); });
}

}  // namespace mainstem::cli
