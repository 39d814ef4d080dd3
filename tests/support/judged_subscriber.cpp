#include "support/judged_subscriber.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mainstem::support {

void JudgedSubscriber::begin(const std::shared_ptr<EventStore>& store, Violations& violations) {
    caught_up_at_.reset();
    end_.reset();
    subscription_.reset();
    auto begun = Subscription::begin(
        store,
        {.after = position_, .query = options_.query.query, .page_events = options_.page_events});
    if (begun) {
        subscription_ = *std::move(begun);
    } else {
        violations.add(fmt::format("{} cannot go on after position {}: {}", name(), position_.value,
                                   begun.error().message()));
    }
}

std::optional<Delivery::Kind> JudgedSubscriber::take(Violations& violations) {
    const auto delivery = subscription_->next(std::chrono::nanoseconds{0});
    if (!delivery) {
        if (end_ && end_->message() != delivery.error().message()) {
            violations.add(name() + " ended twice, in different ways");
        }
        end_ = delivery.error();
        position_ = subscription_->position();
        return {};
    }
    if (end_) violations.add(name() + " went on after its end");
    note(*delivery, violations);
    return delivery->kind;
}

void JudgedSubscriber::note(const Delivery& delivery, Violations& violations) {
    if (delivery.position < position_ || delivery.position != subscription_->position()) {
        violations.add(fmt::format("{} was at position {} and then told of {}", name(),
                                   position_.value, delivery.position.value));
    }
    if (delivery.kind == Delivery::Kind::caught_up) {
        const bool was_behind =
            !caught_up_at_ || delivery.position.value - caught_up_at_->value > options_.page_events;
        if (!was_behind) violations.add(name() + " was told once more that it was live");
        caught_up_at_ = delivery.position;
    }
    if (delivery.kind == Delivery::Kind::event) {
        if (delivery.event.position != delivery.position || delivery.position == position_) {
            violations.add(fmt::format("{} at position {} got the event of {}", name(),
                                       position_.value, delivery.event.position.value));
        }
        seen_.push_back(delivery.event.to_owned());
    }
    position_ = delivery.position;
}

void JudgedSubscriber::judge(const std::vector<Event>& history, Violations& violations) {
    if (position_.value > history.size()) {
        violations.add(fmt::format("{} is at position {}, the store ends at {}", name(),
                                   position_.value, history.size()));
        return;
    }
    auto seen = seen_.begin();
    for (const Event& event : history) {
        if (event.position <= options_.after || event.position > position_) continue;
        if (!options_.query.matches(event)) continue;
        if (seen == seen_.end() || *seen != event) {
            violations.add(fmt::format("{} did not get position {} as it is, or not in its turn",
                                       name(), event.position.value));
            return;
        }
        ++seen;
    }
    if (seen != seen_.end()) {
        violations.add(fmt::format("{} got position {}, which does not match or came twice", name(),
                                   seen->position.value));
    }
}

}  // namespace mainstem::support
