// What a command says: which streams it is about, and what it has decided.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include <mainstem/core/types.hpp>

namespace mainstem {

/// Streams that a command declares: what it reads, and the only ones that it may write to. Their
/// order does not matter; one that is named twice counts once.
class Streams {
public:
    Streams() = default;
    /// `return {from, to};`
    template <class... Names>
        requires(sizeof...(Names) > 0 && (std::convertible_to<Names, StreamId> && ...))
    Streams(Names&&... names) {  // NOLINT: names of streams are streams
        streams_.reserve(sizeof...(Names));
        (streams_.emplace_back(std::forward<Names>(names)), ...);
    }
    explicit Streams(std::vector<StreamId> streams) : streams_(std::move(streams)) {}

    void add(StreamId stream) { streams_.push_back(std::move(stream)); }
    [[nodiscard]] std::size_t size() const noexcept { return streams_.size(); }
    [[nodiscard]] bool empty() const noexcept { return streams_.empty(); }
    [[nodiscard]] auto begin() const noexcept { return streams_.begin(); }
    [[nodiscard]] auto end() const noexcept { return streams_.end(); }
    /// Takes them out.
    [[nodiscard]] std::vector<StreamId> release() && { return std::move(streams_); }

private:
    std::vector<StreamId> streams_;
};

/// An event that a command has decided, and the stream that it goes to.
template <class Event>
struct Decided {
    StreamId stream;
    Event event;
};

/// For commands that are never rejected.
struct NeverRejected {
    NeverRejected() = delete;
};

/// What a command has decided: events, in the order in which they are stored, or a rejection in the
/// domain's own words. Without either there is nothing to record: `return {};`.
///
///     if (balance < amount) return Rejected::overdraft;
///     return {{from, Withdrawn{from, amount}}, {to, Deposited{to, amount}}};
template <class Event, class Rejection = NeverRejected>
class Decision {
public:
    using EventType = Event;
    using RejectionType = Rejection;
    using Events = std::vector<Decided<Event>>;

    Decision() = default;
    Decision(Rejection rejection) : what_(std::move(rejection)) {}  // NOLINT: it is a decision
    Decision(std::initializer_list<Decided<Event>> events) : what_(Events{events}) {}
    explicit Decision(Events events) : what_(std::move(events)) {}

    /// One event more; not after a rejection.
    Decision& add(StreamId stream, Event event) {
        std::get<Events>(what_).push_back({std::move(stream), std::move(event)});
        return *this;
    }

    [[nodiscard]] bool rejected() const noexcept { return what_.index() == 1; }
    /// If it is rejected.
    [[nodiscard]] const Rejection& rejection() const { return std::get<Rejection>(what_); }
    /// If it is not.
    [[nodiscard]] const Events& events() const { return std::get<Events>(what_); }

private:
    std::variant<Events, Rejection> what_;
};

}  // namespace mainstem
