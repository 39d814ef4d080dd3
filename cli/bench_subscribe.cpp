// The verb `bench subscribe`: how long a flushed event takes to the handlers of subscriptions,
// while one writer appends at a steady rate. Counted from the answer of its append, as the commit
// itself cannot be seen from here, and from the call, which is before it: the truth lies between. A
// delivery that comes before the answer counts as no time after it.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/histogram.hpp>

#include "cli/bench.hpp"
#include "cli/bench_streams.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// A subscriber that has not got all that is there after so long never will.
constexpr std::chrono::seconds patience{10};

struct BenchSubscribeOptions {
    StoreArguments store;
    std::uint64_t subscribers = 1;
    std::uint64_t rate = 200;
    std::uint64_t seconds = 20;
    std::uint64_t bytes = 256;
    Format format = Format::table;
};

struct BenchSubscribeResult {
    std::uint64_t events = 0;
    HistogramSnapshot after_answer;
    HistogramSnapshot after_call;
};

struct EventTimes {
    Steady::time_point called;
    std::atomic<Steady::time_point> answered;  ///< its default until there is an answer
};

/// What the handlers of all subscribers have seen. They run on threads of their own.
class Deliveries {
public:
    Deliveries(Position head, std::uint64_t most_events) : head_(head), times_(most_events) {}

    [[nodiscard]] SubscriptionHandlers handlers() {
        return {.event = [this](const EventView& event) { deliver(event.position); },
                .caught_up = [this](Position) { change([this] { ++caught_up_; }); },
                .ended = [this](const Error& why) { change([&] { error_ = why; }); }};
    }

    /// The time of the `i`th append; to be set by the writer.
    [[nodiscard]] EventTimes& at(std::uint64_t i) { return times_[i]; }

    [[nodiscard]] Result<void> wait_for_caught_up(std::uint64_t subscribers) {
        return wait([&] { return caught_up_ >= subscribers; });
    }
    [[nodiscard]] Result<void> wait_for_all(std::uint64_t deliveries) {
        expected_ = deliveries;
        return wait([&] { return delivered_ == deliveries; });
    }

    [[nodiscard]] HistogramSnapshot after_answer() const { return after_answer_.snapshot(); }
    [[nodiscard]] HistogramSnapshot after_call() const { return after_call_.snapshot(); }

private:
    void deliver(Position position) {
        const auto now = Steady::now();
        const EventTimes& event = times_[position.value - head_.value - 1];
        const auto answered = event.answered.load();
        const bool before_answer = answered == Steady::time_point{};
        after_answer_.record(before_answer ? Steady::duration{} : now - answered);
        after_call_.record(now - event.called);
        // Either this sees what is expected, or who has set it sees this delivery.
        if (++delivered_ == expected_) change([] {});
    }

    void change(const auto& how) {
        const std::lock_guard lock{mutex_};
        how();
        changed_.notify_all();
    }

    Result<void> wait(const auto& until) {
        std::unique_lock lock{mutex_};
        const bool in_time =
            changed_.wait_for(lock, patience, [&] { return error_.has_value() || until(); });
        if (error_) return *error_;
        if (in_time) return {};
        return Error{CliError::failed, fmt::format("a subscriber has waited for {} seconds for an "
                                                   "event that is there",
                                                   patience.count())};
    }

    Position head_;
    std::vector<EventTimes> times_;
    Histogram after_answer_;
    Histogram after_call_;
    std::atomic<std::uint64_t> delivered_{0};
    std::atomic<std::uint64_t> expected_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t caught_up_ = 0;
    std::optional<Error> error_;
};

/// Appends until the time or the events are over. Returns how many it was.
Result<std::uint64_t> append_at_rate(Store& store, const BenchSubscribeOptions& options,
                                     Deliveries& deliveries) {
    const auto interval =
        std::chrono::nanoseconds{std::chrono::seconds{1}} / static_cast<std::int64_t>(options.rate);
    const std::uint64_t most = options.rate * options.seconds;
    const std::string data(options.bytes, 'x');
    Progress progress{"bench subscribe", "event"};
    progress.set_total(most);
    auto next = Steady::now();
    const auto end = next + std::chrono::seconds{options.seconds};
    std::uint64_t count = 0;
    for (; count < most && Steady::now() < end; ++count) {
        if (interrupt_requested()) return interrupted("the benchmark was stopped");
        next += interval;
        std::this_thread::sleep_until(next);
        EventTimes& times = deliveries.at(count);
        times.called = Steady::now();
        const auto appended = store.append(bench_stream(0), {"Ticked", data});
        times.answered = Steady::now();
        if (!appended) return appended.error();
        progress.update(count + 1, count + 1);
    }
    return count;
}

Result<BenchSubscribeResult> measure(const BenchSubscribeOptions& options) {
    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    const auto own = check_only_bench_streams(*store, "subscribe", options.store);
    if (!own) return own.error();
    const auto head = store->head();
    if (!head) return head.error();
    Deliveries deliveries{*head, options.rate * options.seconds};
    std::vector<RunningSubscription> running;  // ends before what its handlers refer to
    running.reserve(options.subscribers);
    for (std::uint64_t i = 0; i < options.subscribers; ++i) {
        auto subscription = store->subscribe({.after = *head}, deliveries.handlers());
        if (!subscription) return subscription.error();
        running.push_back(*std::move(subscription));
    }
    if (auto ready = deliveries.wait_for_caught_up(options.subscribers); !ready) {
        return ready.error();
    }
    const auto events = append_at_rate(*store, options, deliveries);
    if (!events) return events.error();
    if (auto all = deliveries.wait_for_all(*events * options.subscribers); !all) {
        return all.error();
    }
    return BenchSubscribeResult{.events = *events,
                                .after_answer = deliveries.after_answer(),
                                .after_call = deliveries.after_call()};
}

std::string as_line(const BenchSubscribeOptions& options, const BenchSubscribeResult& result) {
    JsonObject line;
    line.text("bench", "subscribe")
        .number("subscribers", options.subscribers)
        .number("rate", options.rate)
        .number("bytes", options.bytes)
        .number("events", result.events)
        .number("deliveries", result.after_call.count());
    const auto add = [&](const std::string& name, const HistogramSnapshot& times) {
        line.decimal(name + "_p50_us", microseconds(times.quantile(0.5)))
            .decimal(name + "_p95_us", microseconds(times.quantile(0.95)))
            .decimal(name + "_p99_us", microseconds(times.quantile(0.99)))
            .decimal(name + "_p999_us", microseconds(times.quantile(0.999)))
            .decimal(name + "_max_us", microseconds(times.max()));
    };
    add("after_answer", result.after_answer);
    add("after_call", result.after_call);
    return line.str() + '\n';
}

std::string as_table(const BenchSubscribeOptions& options, const BenchSubscribeResult& result) {
    const auto times = [](const HistogramSnapshot& snapshot) {
        return fmt::format(
            "p50 {:.0f}, p95 {:.0f}, p99 {:.0f}, p99.9 {:.0f} microseconds",
            microseconds(snapshot.quantile(0.5)), microseconds(snapshot.quantile(0.95)),
            microseconds(snapshot.quantile(0.99)), microseconds(snapshot.quantile(0.999)));
    };
    Listing listing;
    listing.add("load", fmt::format("{} a second of {}, to {}", counted(options.rate, "event"),
                                    counted(options.bytes, "byte"),
                                    counted(options.subscribers, "subscriber")));
    listing.add("deliveries", with_thousands(result.after_call.count()));
    listing.add("after the answer", times(result.after_answer));
    listing.add("after the call, flush included", times(result.after_call));
    return listing.text();
}

Result<void> bench_subscribe(const BenchSubscribeOptions& options) {
    const auto result = measure(options);
    if (!result) return result.error();
    return write_result(options.format == Format::jsonl ? as_line(options, *result)
                                                        : as_table(options, *result));
}

}  // namespace

void add_bench_subscribe(CLI::App& bench, Action& action) {
    const auto options = std::make_shared<BenchSubscribeOptions>();
    auto& verb = add_verb(bench, "subscribe", "Measure how soon subscribers get what is appended",
                          "  mainstem bench subscribe --store scratch --subscribers 100");
    add_details(verb, bench_details);
    add_store_directory(verb, options->store);
    add_number(verb, {.name = "--subscribers", .help = "Each with a thread of its own"},
               options->subscribers, {.least = 1, .most = 1000});
    add_number(verb, {.name = "--rate", .help = "Events a second, one by one, flushed"},
               options->rate, {.least = 1, .most = 10'000});
    add_number(verb, {.name = "--seconds", .help = "How long"}, options->seconds,
               {.least = 1, .most = 600});
    add_number(verb, {.name = "--bytes", .help = "Payload of an event"}, options->bytes,
               {.most = 1U << 20});
    add_format(verb, options->format);
    set_action(verb, action, [options] { return bench_subscribe(*options); });
}

}  // namespace mainstem::cli
