// The verb `read`: events of one stream or of all, as a table or as lines of JSON, in constant
// memory; or how it would look for them.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mainstem/store/store.hpp>

#include "cli/event_printer.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/plan_printer.hpp"
#include "cli/query_options.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct ReadOptions {
    StoreArguments store;
    std::optional<std::string> stream;
    QueryOptions query;
    std::uint64_t from = 0;
    std::uint64_t limit = no_limit;
    bool backward = false;
    bool up_to_damage = false;
    bool explain = false;
    Format format = Format::table;
};

Result<void> explain(const Store& store, const EventSearch& search, Format format) {
    const auto plan = store.explain(
        {.from = {search.from}, .query = search.query, .direction = search.direction});
    if (!plan) return plan.error();
    return print_plan(*plan, format);
}

Result<void> read(const ReadOptions& options) {
    if (options.stream) {
        if (options.explain) {
            return wrong_usage("--explain is about reads of all streams; leave out --stream");
        }
        if (auto checked = check_stream_name("--stream", *options.stream); !checked) return checked;
    }
    auto query = query_of(options.query);
    if (!query) return query.error();
    const auto store = open_for_reading(options.store, options.up_to_damage);
    if (!store) return store.error();
    const EventSearch search{
        .stream = options.stream,
        .query = std::move(*query),
        .from = options.from,
        .limit = options.limit,
        .direction = options.backward ? Direction::backward : Direction::forward};
    if (options.explain) return explain(*store, search, options.format);
    const auto count = print_events(*store, search, options.format);
    if (!count) return count.error();
    if (*count == 0 && options.limit > 0) say_nothing_found(search);
    return {};
}

}  // namespace

void add_read(CLI::App& program, Action& action) {
    const auto options = std::make_shared<ReadOptions>();
    auto& verb =
        add_verb(program, "read", "Print events in order",
                 "  mainstem read --store orders --stream order-1 --format jsonl\n"
                 "  mainstem read --store orders --type OrderPlaced --tag customer:ada --backward "
                 "--limit 10\n"
                 "  mainstem read --store orders --query 'type=OrderPaid or tag=customer:ada'");
    add_store(verb, options->store);
    add_text(verb,
             {.name = "--stream",
              .help = "Only this stream",
              .takes = "STREAM",
              .standard = "all, by position"},
             options->stream);
    add_query_flags(verb, options->query);
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
    add_switch(verb,
               {.name = "--explain",
                .help = "Print instead what would be scanned, and where indexes answer"},
               options->explain);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return read(*options); });
}

}  // namespace mainstem::cli
