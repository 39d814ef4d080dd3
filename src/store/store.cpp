// The parts of the handle that do more than forward. Opening is in src/open, which knows backends.
#include <mainstem/store/store.hpp>

#include <utility>

namespace mainstem {

Result<Appended> Store::append(const StreamId& stream, NewEvent event,
                               const AppendOptions& options) {
    NewEvents events;
    events.add(std::move(event));
    return append(stream, std::move(events), options);
}

Result<Appended> Store::append(const StreamId& stream, NewEvents events,
                               const AppendOptions& options) {
    AppendRequest request{.unless = options.unless, .durability = options.durability};
    if (!options.expect.is_any()) request.expect.push_back({stream, options.expect});
    request.events.reserve(events.size());
    for (auto& event : events) request.events.push_back({stream, std::move(event)});
    return append(request);
}

Result<RunningSubscription> Store::subscribe(const SubscribeOptions& options,
                                             SubscriptionHandlers handlers) const {
    auto subscription = Subscription::begin(backend_, options);
    if (!subscription) return subscription.error();
    return RunningSubscription{*std::move(subscription), std::move(handlers)};
}

}  // namespace mainstem
