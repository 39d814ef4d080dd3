// A stream has no filter of its own in a store: what does not match is passed over here.
#include "cli/event_search.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

std::uint64_t beyond(std::uint64_t place, std::uint64_t before) {
    return place > before ? place - before : 0;
}

class Finder {
public:
    Finder(const Store& store, const EventSearch& search, EventSink& sink)
        : store_(store), search_(search), sink_(sink) {}

    Result<std::uint64_t> run() {
        auto cursor = open();
        while (found_ < search_.limit && sink_.wanted()) {
            if (interrupt_requested()) {
                return interrupted(fmt::format("interrupted after {}", counted(found_, "event")));
            }
            if (!cursor.ready()) {
                show_progress(cursor.looked_at());
                continue;
            }
            const auto* const event = cursor.next();
            if (event == nullptr) break;
            if (!*event) return event->error();
            if (search_.stream && !search_.query.matches(**event)) continue;
            progress_.clear();
            sink_.take(**event);
            ++found_;
        }
        return found_;
    }

private:
    [[nodiscard]] EventCursor open() const {
        if (search_.stream) {
            const auto limit = search_.query.matches_all() ? search_.limit : no_limit;
            return store_.read(
                *search_.stream,
                {.from = {search_.from}, .limit = limit, .direction = search_.direction});
        }
        return store_.read_all({.from = {search_.from},
                                .query = search_.query,
                                .limit = search_.limit,
                                .direction = search_.direction});
    }

    void show_progress(Position looked_at) {
        sink_.pause();
        if (!head_) head_ = store_.head().value_or(Position{}).value;
        if (search_.direction == Direction::forward) {
            const auto before = std::max<std::uint64_t>(search_.from, 1) - 1;
            show_progress(beyond(looked_at.value, before), beyond(*head_, before));
        } else {
            const auto first = search_.from == 0 ? *head_ : search_.from;
            show_progress(beyond(first + 1, looked_at.value), first);
        }
    }
    void show_progress(std::uint64_t done, std::uint64_t total) {
        progress_.set_total(total);
        progress_.update(done, done);
    }

    const Store& store_;
    const EventSearch& search_;
    EventSink& sink_;
    std::uint64_t found_ = 0;
    std::optional<std::uint64_t> head_;  ///< when the bar was first shown
    Progress progress_{"search", "event"};
};

}  // namespace

Result<std::uint64_t> find_events(const Store& store, const EventSearch& search, EventSink& sink) {
    return Finder{store, search, sink}.run();
}

}  // namespace mainstem::cli
