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
            place.previous = queue.last;
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
    MAINSTEM_ASSERT(ticket.behind_ == 0, "a ticket leaves before its turn");
    --running_;
    give_up_places(ticket);
}

void Turns::withdraw(Ticket& ticket) {
    if (ticket.behind_ == 0) std::erase(ready_, &ticket);
    give_up_places(ticket);
}

void Turns::give_up_places(Ticket& ticket) {
    --size_;
    for (auto& place : ticket.places_) {
        const auto found = queues_.find(place.stream);
        MAINSTEM_ASSERT(found != queues_.end(), "a ticket that did not enter");
        Queue& queue = found->second;
        (place.next ? place.next->previous : queue.last) = place.previous;
        if (place.previous) {
            place.previous->next = place.next;
        } else if (place.next) {
            queue.first = place.next;
            Ticket& next = *place.next->ticket;
            if (--next.behind_ == 0) ready_.push_back(&next);
        } else {
            queues_.erase(found);
        }
    }
}

}  // namespace mainstem::command
