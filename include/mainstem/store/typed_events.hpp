// Reading typed events: a cursor whose elements are decoded on the way.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include <mainstem/event/codec.hpp>
#include <mainstem/store/read.hpp>

namespace mainstem {

/// A typed event and where it stands. The view is valid until the next one.
template <class Event>
struct Recorded {
    EventView view;
    Event event;
};

/// Yields the events of a cursor as values of `Event`, a struct or a variant of structs. An error
/// is an element and the end. One thread at a time.
///
///     for (const auto& entry : read_as<bank::Event>(store.read("ada"))) use(entry->event);
template <class Event>
class TypedEvents {
public:
    TypedEvents(EventCursor cursor, OnUnreadable unreadable)
        : cursor_(std::move(cursor)), unreadable_(unreadable) {}

    /// The next event or error; nullptr at the end. Invalidates what was yielded before.
    const Result<Recorded<Event>>* next() {
        if (failed_) return nullptr;
        while (const auto* event = cursor_.next()) {
            auto decoded =
                event->has_value() ? decode<Event>(**event) : Result<Event>{event->error()};
            if (decoded) {
                return &current_.emplace(Recorded<Event>{**event, *std::move(decoded)});
            }
            if (event->has_value() && unreadable_ == OnUnreadable::skip) {
                ++skipped_;
                continue;
            }
            failed_ = true;
            return &current_.emplace(std::move(decoded).error());
        }
        return nullptr;
    }

    /// Events that were passed over because they could not be decoded.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }

    class iterator {
    public:
        using value_type = Result<Recorded<Event>>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        explicit iterator(TypedEvents& events) : events_(&events), current_(events.next()) {}
        const value_type& operator*() const { return *current_; }
        const value_type* operator->() const { return current_; }
        iterator& operator++() {
            current_ = events_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return current_ == nullptr; }

    private:
        TypedEvents* events_ = nullptr;
        const value_type* current_ = nullptr;
    };

    iterator begin() { return iterator{*this}; }
    std::default_sentinel_t end() { return {}; }

private:
    EventCursor cursor_;
    OnUnreadable unreadable_;
    std::optional<Result<Recorded<Event>>> current_;
    std::uint64_t skipped_ = 0;
    bool failed_ = false;
};

template <class Event>
TypedEvents<Event> read_as(EventCursor cursor, OnUnreadable unreadable = OnUnreadable::stop) {
    return {std::move(cursor), unreadable};
}

}  // namespace mainstem
