// A subscriber that remembers what it was told, over any number of openings of its store, and can
// be held against the history.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mainstem/store/subscription.hpp>

#include "support/observation.hpp"

namespace mainstem::support {

/// What is subscribed to, and the same said without the code under test.
struct JudgedQuery {
    EventQuery query = {};
    bool (*matches)(const Event&) = [](const Event&) { return true; };
};

/// Never waits. One thread at a time.
class JudgedSubscriber {
public:
    struct Options {
        std::string name = {};
        JudgedQuery query = {};
        Position after = {};
        std::size_t page_events = limits::page_events_default;
    };
    explicit JudgedSubscriber(Options options)
        : options_(std::move(options)), position_(options_.after) {}

    /// Begins, or goes on after its position.
    void begin(const std::shared_ptr<EventStore>& store, Violations& violations);
    [[nodiscard]] bool runs() const noexcept { return subscription_ && !end_; }
    void cancel() { subscription_->cancel(); }
    /// Takes a step: the next event or signal, if there is one. nullopt: it has ended.
    std::optional<Delivery::Kind> take(Violations& violations);
    /// Lets go of the subscription, as when its process ends.
    void drop() { subscription_.reset(); }

    /// Everything up to here was delivered or does not match.
    [[nodiscard]] Position position() const noexcept { return position_; }
    [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
    /// Why the subscription has ended, if it has.
    [[nodiscard]] const std::optional<Error>& end() const noexcept { return end_; }
    /// It was told in this opening that all was delivered.
    [[nodiscard]] bool is_caught_up() const noexcept { return caught_up_at_.has_value(); }

    /// What it saw must be what matches in the history up to its position, once and in order.
    void judge(const std::vector<Event>& history, Violations& violations);

private:
    void note(const Delivery& delivery, Violations& violations);

    Options options_;
    std::optional<Subscription> subscription_;
    Position position_;
    std::vector<Event> seen_;
    std::optional<Position> caught_up_at_;
    std::optional<Error> end_;
};

}  // namespace mainstem::support
