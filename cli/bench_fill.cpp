// Appends that overlap: as many are under way as keep the store busy.
#include "cli/bench_fill.hpp"

#include <atomic>
#include <semaphore>
#include <utility>

#include <fmt/format.h>

#include "cli/bench_streams.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"

namespace mainstem::cli {
namespace {

constexpr std::ptrdiff_t in_flight = 256;

AppendRequest request_from(std::uint64_t first, const FillOptions& options) {
    AppendRequest request{.durability = Durability::buffered};
    for (std::uint64_t i = first; i < options.events && i - first < options.batch; ++i) {
        NewEvent event{.type = bench_event_type, .data = std::string(options.bytes, 'x')};
        if (options.tags > 0) event.tags.emplace_back(bench_tag(i % options.tags));
        request.events.push_back({bench_stream(i % options.streams), std::move(event)});
    }
    return request;
}

}  // namespace

void add_fill(CLI::App& verb, FillOptions& options) {
    add_number(verb, {.name = "--events", .help = "Events that an empty store is filled with"},
               options.events, {.least = 1, .most = 1'000'000'000});
    add_number(verb, {.name = "--streams", .help = "Streams that these are scattered over"},
               options.streams, {.least = 1, .most = 100'000'000});
    add_number(verb, {.name = "--bytes", .help = "Payload of each of them"}, options.bytes,
               {.most = 1U << 20});
}

void add_fill_with_tags(CLI::App& verb, FillOptions& options) {
    add_fill(verb, options);
    add_number(verb, {.name = "--tags", .help = "Tags that these are scattered over"}, options.tags,
               {.least = 1, .most = 100'000'000});
    add_number(verb, {.name = "--batch", .help = "Events in a request"}, options.batch,
               {.least = 1, .most = limits::events_per_request});
}

std::string bench_tag(std::uint64_t number) { return fmt::format("account:{}", number); }

Result<void> fill_if_empty(Store& store, const FillOptions& options) {
    const auto head = store.head();
    if (!head) return head.error();
    if (head->value > 0) return {};
    std::counting_semaphore<in_flight> free{in_flight};
    std::atomic<bool> failed{false};
    Progress progress{"filling", "event"};
    progress.set_total(options.events);
    for (std::uint64_t i = 0; i < options.events && !failed && !interrupt_requested();) {
        const AppendRequest request = request_from(i, options);
        i += request.events.size();
        free.acquire();
        store.async_append(request, [&](const Result<Appended>& answer) {
            if (!answer) failed = true;
            free.release();
        });
        progress.update(i, i);
    }
    for (std::ptrdiff_t i = 0; i < in_flight; ++i) free.acquire();
    if (interrupt_requested()) return interrupted("the benchmark was stopped");
    if (failed) return Error{CliError::failed, "the store could not be filled"};
    return {};
}

}  // namespace mainstem::cli
