// Reads a batch as far as it is at hand, so that batches are small at the head and large behind it.
// Where events keep coming, commits keep a distance: each costs the disk a flush, however small.
#include "projection/feed.hpp"

#include <algorithm>
#include <utility>

namespace mainstem::projection {
namespace {

/// Events that are read ahead at once: a batch is many of them.
constexpr std::size_t page_events = 1'000;

Member::TimePoint now() { return std::chrono::steady_clock::now(); }

Position position_of(const std::shared_ptr<Member>& member) { return member->position(); }

/// What any of them asks for; all events if one does.
EventQuery united(const Feed::Members& members) {
    EventQuery all;
    for (const auto& member : members) {
        if (member->filter().matches_all()) return {};
        for (const auto& item : member->filter().items) {
            if (std::ranges::find(all.items, item) == all.items.end()) all.items.push_back(item);
        }
    }
    return all;
}

}  // namespace

void Interrupt::raise() {
    const std::lock_guard lock{mutex_};
    raised_ = true;
    if (watched_ != nullptr) watched_->cancel();
}

bool Interrupt::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(raised_, false);
}

void Interrupt::watch(Subscription* subscription) {
    const std::lock_guard lock{mutex_};
    watched_ = subscription;
    if (raised_ && subscription != nullptr) subscription->cancel();
}

Feed::Feed(const Store& store, Members members, const RunnerOptions& options)
    : store_(store),
      members_(std::move(members)),
      options_(options),
      looked_at_(std::ranges::min(members_, {}, position_of)->position()) {}

Result<std::optional<Delivery>> Feed::next(std::chrono::nanoseconds timeout, Interrupt& interrupt) {
    if (!subscription_) {
        auto watch = store_.backend().watch();
        if (!watch) return std::move(watch).error();
        watch_ = *std::move(watch);
        auto begun = store_.subscribe(
            {.after = looked_at_, .query = united(members_), .page_events = page_events});
        if (!begun) return std::move(begun).error();
        subscription_ = *std::move(begun);
    }
    interrupt.watch(&*subscription_);
    auto delivery = subscription_->next(timeout);
    interrupt.watch(nullptr);
    if (delivery) return std::optional{*std::move(delivery)};
    if (delivery.error() != StoreError::cancelled) return std::move(delivery).error();
    // Interrupted: read on from here when it goes on.
    subscription_.reset();
    return std::optional<Delivery>{};
}

Result<void> Feed::step(std::chrono::nanoseconds timeout, Interrupt& interrupt) {
    std::size_t events = 0;
    at_head_ = false;
    while (events < options_.batch_events && !members_.empty()) {
        auto answer = next(timeout, interrupt);
        if (!answer) {
            commit(looked_at_);
            return std::move(answer).error();
        }
        // Who was interrupted does not know whether that was all.
        if (!*answer) break;
        const auto& delivery = **answer;
        timeout = std::chrono::nanoseconds{0};
        if (delivery.kind == Delivery::Kind::event) {
            apply(delivery.event);
            looked_at_ = delivery.event.position;
            ++events;
            continue;
        }
        looked_at_ = std::max(looked_at_, delivery.position);
        // A search for few among many events may be under way still. After "caught up" comes
        // nothing, unless something came meanwhile.
        at_head_ = looked_at_ >= watch_->position();
        if (delivery.kind == Delivery::Kind::caught_up && events == 0) continue;
        timeout = gathered_until_ - now();
        if (events == 0 || timeout <= std::chrono::nanoseconds{0}) break;
    }
    commit(looked_at_);
    if (events > 0) gathered_until_ = now() + options_.gather;
    return {};
}

/// Who has failed is behind, and reads on its own.
void Feed::apply(const EventView& event) {
    std::erase_if(members_, [&](const auto& member) {
        const auto position = event.position;
        if (member->alone(position) && !member->commit(looked_at_, now())) return true;
        if (!member->apply(event, now())) return true;
        return member->full(position) && !member->commit(position, now());
    });
}

void Feed::commit(Position to) {
    std::erase_if(members_, [&](const auto& member) {
        return to > member->position() && !member->commit(to, now());
    });
}

}  // namespace mainstem::projection
