// EventCollector: what a store delivers to a subscriber, kept, so that a test can wait for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <mainstem/store/store.hpp>

namespace mainstem::testing {

/// Why a collector gave up waiting by itself. How a subscription ends is a StoreError.
enum class CollectError : std::uint8_t {
    too_few,  ///< the time was over; the text says what came
};
[[nodiscard]] std::string_view name(CollectError code) noexcept;
[[nodiscard]] bool retryable(CollectError code) noexcept;

/// Subscribes when it is made and keeps each event that is delivered, on a thread of its own, until
/// it is destroyed or the store is closed, which it does not keep open. Thread-safe.
///
///     EventCollector collector{store, {.query = QueryItem{.types = {"OrderPaid"}}}};
///     pay_orders(store);
///     const auto paid = collector.wait_for(3).value();
class EventCollector {
public:
    explicit EventCollector(const Store& store, const SubscribeOptions& options = {});
    EventCollector(const EventCollector&) = delete;
    EventCollector& operator=(const EventCollector&) = delete;
    ~EventCollector();

    /// The first `count` events, as soon as there are as many. Errors: CollectError::too_few after
    /// `time`; before that, why the subscription could not begin or has ended.
    [[nodiscard]] Result<std::vector<Event>> wait_for(
        std::size_t count, std::chrono::nanoseconds time = std::chrono::seconds{10}) const;

    /// Everything that has come so far.
    [[nodiscard]] std::vector<Event> events() const;

private:
    struct Collected;

    std::shared_ptr<Collected> collected_;
    std::optional<RunningSubscription> subscription_;
};

}  // namespace mainstem::testing
