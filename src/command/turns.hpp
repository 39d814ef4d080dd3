// Whose turn it is: commands that share a stream run one after the other, in the order in which
// they came; all others run beside each other, up to a limit. Each command takes a ticket in the
// queue of each of its streams, all at once, and runs when it is the first in all of them.
//
// Invariants: a command waits only for those that came before it, so no two wait for each other,
// and none waits for ever. A stream has a queue only while a command is in it. No threads, no
// clock: a shell (parallel.cpp) holds a lock around it.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

#include <mainstem/core/types.hpp>

namespace mainstem::command {

class Turns {
public:
    /// A command's place. It must stay where it is from `enter` to `leave`.
    class Ticket {
    public:
        /// `streams`: each once.
        explicit Ticket(std::vector<StreamId> streams);
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;
        virtual ~Ticket() = default;

    private:
        friend class Turns;
        struct Place {
            StreamId stream;
            Ticket* ticket = nullptr;
            Place* next = nullptr;      ///< who came after, in this stream
            Place* previous = nullptr;  ///< who came before
        };
        std::vector<Place> places_;
        std::size_t behind_ = 0;  ///< streams in which somebody is before it
    };

    explicit Turns(std::size_t limit) : limit_(limit) {}

    /// Takes the place after all who are here. O(streams of the ticket).
    void enter(Ticket& ticket);
    /// The next whose turn it is, which is running from now on; nullptr if there is none, or as
    /// many run as may. In the order in which their turns came. O(1).
    Ticket* start();
    /// A ticket that was started has done. O(streams of the ticket).
    void leave(Ticket& ticket);
    /// A ticket that was not started goes. O(streams of the ticket + tickets that `start` would
    /// answer).
    void withdraw(Ticket& ticket);

    [[nodiscard]] std::size_t running() const noexcept { return running_; }
    /// Entered and not left.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// That have a queue.
    [[nodiscard]] std::size_t streams() const noexcept { return queues_.size(); }

private:
    void give_up_places(Ticket& ticket);

    struct Queue {
        Ticket::Place* first = nullptr;
        Ticket::Place* last = nullptr;
    };

    std::size_t limit_;
    std::size_t running_ = 0;
    std::size_t size_ = 0;
    std::unordered_map<StreamId, Queue> queues_;
    std::deque<Ticket*> ready_;
};

}  // namespace mainstem::command
