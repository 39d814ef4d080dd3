// Tickets in the queues of streams.
#include "command/turns.hpp"

#include <utility>

#include <mainstem/core/assert.hpp>

namespace mainstem::command {

Turns::Ticket::Ticket(std::vector<StreamId> streams) {
    places_.reserve(streams.size());
    for (auto& stream : streams) places_.push_back({.stream = std::move(stream), .ticket = this});
}

void Turns::enter(Ticket& ticket) {
    ++size_;
    for (auto& place : ticket.places_) {
        Queue& queue = queues_[place.stream];
        if (queue.last) {
            queue.last->next = &place;
            ++ticket.behind_;
        } else {
            queue.first = &place;
        }
        queue.last = &place;
    }
    if (ticket.behind_ == 0) ready_.push_back(&ticket);
}

Turns::Ticket* Turns::start() {
    if (ready_.empty() || running_ == limit_) return nullptr;
    Ticket* const ticket = ready_.front();
    ready_.pop_front();
    ++running_;
    return ticket;
}

void Turns::leave(Ticket& ticket) {
    --running_;
    --size_;
    for (auto& place : ticket.places_) {
        const auto found = queues_.find(place.stream);
        MAINSTEM_ASSERT(found != queues_.end() && found->second.first == &place,
                        "a ticket leaves before its turn");
        if (!place.next) {
            queues_.erase(found);
            continue;
        }
        found->second.first = place.next;
        Ticket& next = *place.next->ticket;
        if (--next.behind_ == 0) ready_.push_back(&next);
    }
}

}  // namespace mainstem::command
