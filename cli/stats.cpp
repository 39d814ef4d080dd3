// The verb `stats`: what a store holds, in numbers.
#include <memory>
#include <string>

#include <fmt/format.h>

#include <mainstem/store/store.hpp>

#include "cli/json_object.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct StatsOptions {
    StoreArguments store;
    Format format = Format::table;
};

std::string as_line(const StoreStats& stats) {
    return JsonObject{}
               .number("events", stats.events - stats.system_events)
               .number("system_events", stats.system_events)
               .number("streams", stats.streams)
               .number("system_streams", stats.system_streams)
               .number("segments", stats.segments)
               .number("bytes", stats.data_bytes)
               .number("index_bytes", stats.index_bytes)
               .number("head", stats.head.value)
               .str() +
           '\n';
}

std::string as_table(const StoreStats& stats) {
    Listing listing;
    listing.add("events", with_thousands(stats.events - stats.system_events));
    listing.add("system events", with_thousands(stats.system_events));
    listing.add("streams", with_thousands(stats.streams));
    listing.add("system streams", with_thousands(stats.system_streams));
    listing.add("segments", with_thousands(stats.segments));
    listing.add("bytes", fmt::format("{} ({})", with_thousands(stats.data_bytes),
                                     human_bytes(stats.data_bytes)));
    listing.add("index bytes", fmt::format("{} ({})", with_thousands(stats.index_bytes),
                                           human_bytes(stats.index_bytes)));
    listing.add("head", fmt::format("position {}", with_thousands(stats.head.value)));
    return listing.text();
}

Result<void> show_stats(const StatsOptions& options) {
    const auto store = open_for_reading(options.store);
    if (!store) return store.error();
    const auto stats = store->stats();
    if (!stats) return stats.error();
    return write_result(options.format == Format::jsonl ? as_line(*stats) : as_table(*stats));
}

}  // namespace

void add_stats(CLI::App& program, Action& action) {
    const auto options = std::make_shared<StatsOptions>();
    auto& verb = add_verb(program, "stats",
                          "Count events, streams and bytes; the system's own are counted apart",
                          "  mainstem stats --store orders --format jsonl");
    add_store(verb, options->store);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return show_stats(*options); });
}

}  // namespace mainstem::cli
