// The verb `tail`: the last events, in order. They are looked for from the end, and then read from
// the first of them, so that memory stays constant however many they are.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mainstem/store/store.hpp>

#include "cli/event_printer.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/query_options.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct TailOptions {
    StoreArguments store;
    std::optional<std::string> stream;
    QueryOptions query;
    std::uint64_t limit = 10;
    Format format = Format::table;
};

/// Remembers where the last event that was found stands.
class LastPlace final : public EventSink {
public:
    void take(const EventView& event) override {
        position_ = event.position;
        version_ = event.version;
    }
    [[nodiscard]] Position position() const { return position_; }
    [[nodiscard]] Version version() const { return version_; }

private:
    Position position_;
    Version version_;
};

/// The search for the last events in order, found by one from the end.
Result<EventSearch> from_first_of_last(const Store& store, EventSearch search) {
    search.direction = Direction::backward;
    LastPlace first;
    const auto count = find_events(store, search, first);
    if (!count) return count.error();
    search.direction = Direction::forward;
    search.from = search.stream ? first.version().value : first.position().value;
    search.limit = *count;  // what has been appended since does not count
    return search;
}

Result<void> tail(const TailOptions& options) {
    if (options.stream) {
        if (auto checked = check_stream_name("--stream", *options.stream); !checked) return checked;
    }
    auto query = query_of(options.query);
    if (!query) return query.error();
    const auto store = open_for_reading(options.store);
    if (!store) return store.error();
    const auto search = from_first_of_last(
        *store, {.stream = options.stream, .query = std::move(*query), .limit = options.limit});
    if (!search) return search.error();
    const auto count = print_events(*store, *search, options.format);
    if (!count) return count.error();
    if (*count == 0 && options.limit > 0) say_nothing_found(*search);
    return {};
}

}  // namespace

void add_tail(CLI::App& program, Action& action) {
    const auto options = std::make_shared<TailOptions>();
    auto& verb = add_verb(program, "tail", "Print the last events in order",
                          "  mainstem tail --store orders --limit 20\n"
                          "  mainstem tail --store orders --type OrderPaid --format jsonl");
    add_store(verb, options->store);
    add_text(verb,
             {.name = "--stream",
              .help = "Only this stream",
              .takes = "STREAM",
              .standard = "all, by position"},
             options->stream);
    add_query_flags(verb, options->query);
    add_number(verb, {.name = "--limit", .help = "Print so many events at most"}, options->limit,
               {});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return tail(*options); });
}

}  // namespace mainstem::cli
