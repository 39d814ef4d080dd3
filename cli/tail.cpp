// The verb `tail`: the last events, in order, and those that come. The last are looked for from the
// end, and then read from the first of them, so that memory stays constant however many they are.
#include <algorithm>
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
    bool follow = false;
    Format format = Format::table;
};

/// Remembers where the events that are found from the end stand.
class Places final : public EventSink {
public:
    void take(const EventView& event) override {
        if (last_ < event.position) last_ = event.position;
        first_ = event.position;
        first_version_ = event.version;
    }
    [[nodiscard]] Position last() const { return last_; }
    [[nodiscard]] Position first() const { return first_; }
    [[nodiscard]] Version first_version() const { return first_version_; }

private:
    Position last_;
    Position first_;
    Version first_version_;
};

/// The search for the last events in order, and where others come after them.
struct Tail {
    EventSearch search;
    Position end;
};

/// Finds the tail by a search from the end.
Result<Tail> find_tail(const Store& store, EventSearch search) {
    const auto head = store.head();
    if (!head) return head.error();
    search.direction = Direction::backward;
    Places places;
    const auto count = find_events(store, search, places);
    if (!count) return count.error();
    search.direction = Direction::forward;
    search.from = search.stream ? places.first_version().value : places.first().value;
    search.limit = *count;  // what has been appended since does not count
    return Tail{std::move(search), std::max(*head, places.last())};
}

Result<void> print_tail(const TailOptions& options) {
    if (options.stream) {
        if (auto checked = check_stream_name("--stream", *options.stream); !checked) return checked;
    }
    auto query = query_of(options.query);
    if (!query) return query.error();
    const auto store = open_for_reading(options.store);
    if (!store) return store.error();
    const auto tail = find_tail(
        *store, {.stream = options.stream, .query = std::move(*query), .limit = options.limit});
    if (!tail) return tail.error();
    const EventSearch& search = tail->search;
    if (options.follow) return print_and_follow(*store, search, tail->end, options.format);
    const auto count = print_events(*store, search, options.format);
    if (!count) return count.error();
    if (*count == 0 && options.limit > 0) say_nothing_found(search);
    return {};
}

}  // namespace

void add_tail(CLI::App& program, Action& action) {
    const auto options = std::make_shared<TailOptions>();
    auto& verb = add_verb(program, "tail", "Print the last events in order",
                          "  mainstem tail --store orders --limit 20\n"
                          "  mainstem tail --store orders --follow --format jsonl\n"
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
    add_switch(
        verb,
        {.name = "--follow", .help = "Go on with what is appended, by any process, until Ctrl-C"},
        options->follow);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return print_tail(*options); });
}

}  // namespace mainstem::cli
