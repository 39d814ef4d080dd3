// A subscription fills a list; who waits sleeps until the list is long enough.
#include <mainstem/testing/event_collector.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "store/errors.hpp"

namespace mainstem::testing {
namespace {

constexpr std::size_t shown_events = 10;

/// What came, in one line: the last few.
std::string line_of(const std::vector<Event>& events) {
    if (events.empty()) return "none";
    std::string line = events.size() > shown_events ? "..." : "";
    for (auto i = events.size() - std::min(events.size(), shown_events); i < events.size(); ++i) {
        const auto& event = events[i];
        line += fmt::format("{}{} {}@{} {}", line.empty() ? "" : ", ", event.position.value,
                            shown(event.stream), event.version.value, shown(event.type));
    }
    return line;
}

}  // namespace

struct EventCollector::Collected {
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<Event> events;
    std::optional<Error> end;
};

std::string_view name(CollectError code) noexcept {
    switch (code) {
        case CollectError::too_few: return "too_few";
    }
    return "unknown";
}

bool retryable(CollectError code) noexcept { return code == CollectError::too_few; }

EventCollector::EventCollector(const Store& store, const SubscribeOptions& options)
    : collected_(std::make_shared<Collected>()) {
    const auto collected = collected_;
    const auto keep = [collected](const EventView& event) {
        const std::scoped_lock lock{collected->mutex};
        collected->events.push_back(event.to_owned());
        collected->changed.notify_all();
    };
    const auto end = [collected](const Error& why) {
        const std::scoped_lock lock{collected->mutex};
        collected->end = why;
        collected->changed.notify_all();
    };
    auto running = store.subscribe(options, {.event = keep, .ended = end});
    if (running) {
        subscription_ = *std::move(running);
    } else {
        end(running.error());
    }
}

EventCollector::~EventCollector() = default;

Result<std::vector<Event>> EventCollector::wait_for(std::size_t count,
                                                    std::chrono::nanoseconds time) const {
    std::unique_lock lock{collected_->mutex};
    const auto& events = collected_->events;
    const auto until = std::chrono::steady_clock::now() + std::min(time, Subscription::forever);
    collected_->changed.wait_until(
        lock, until, [&] { return events.size() >= count || collected_->end.has_value(); });
    if (events.size() >= count) {
        return std::vector<Event>(events.begin(),
                                  events.begin() + static_cast<std::ptrdiff_t>(count));
    }
    const auto came = fmt::format("{} of {} events came", events.size(), count);
    if (collected_->end) return collected_->end->in(came);
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    return Error{CollectError::too_few,
                 fmt::format("{} within {} ms: {}", came, waited.count(), line_of(events))};
}

std::vector<Event> EventCollector::events() const {
    const std::scoped_lock lock{collected_->mutex};
    return collected_->events;
}

}  // namespace mainstem::testing
