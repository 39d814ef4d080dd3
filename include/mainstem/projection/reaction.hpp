// Reactions: what shall happen in the world because of events (a mail, a call of another system).
// They stand apart from projections, so that no rebuild repeats them.
//
//     struct Receipts {
//         static constexpr auto reaction = "receipts";
//         using Event = shop::OrderPaid;
//         void react(const OrderPaid& paid) { send_mail(paid.customer); }
//     };
#pragma once

#include <optional>
#include <utility>

#include <mainstem/projection/projection.hpp>

namespace mainstem {

/// A struct that says what happens because of events. `react` may take the EventView behind the
/// event, return Result<void>, and throw; what fails is told to the runner.
template <class R>
concept TypedReaction = std::copy_constructible<R> && requires {
    { R::reaction } -> std::convertible_to<std::string_view>;
};

namespace detail {

/// A reaction in the shape of a projection without documents.
template <class R>
struct Reacting {
    static constexpr std::string_view projection = R::reaction;
    using Event = typename R::Event;
    using Documents = mainstem::Documents<>;

    template <class E>
        requires requires(R& reaction, const E& event) { reaction.react(event); }
    auto apply(const E& event, Documents&) {
        return reaction.react(event);
    }
    template <class E>
        requires requires(R& reaction, const E& event, const EventView& view) {
            reaction.react(event, view);
        }
    auto apply(const E& event, const EventView& view, Documents&) {
        return reaction.react(event, view);
    }

    R reaction;
};

}  // namespace detail

/// A reaction for a runner. Each event that is appended from its first run on is reacted to, in
/// order, at least once: again if the process dies between the reaction and the commit of its
/// position, so name the event's id to whom it may concern. It is never rebuilt; one with another
/// `version` goes on where the one before was.
template <TypedReaction R>
Projection reaction_of(R reaction) {
    std::optional<EventQuery> filter;
    if constexpr (requires { reaction.filter(); }) filter = reaction.filter();
    auto made = projection_of(detail::Reacting<R>{std::move(reaction)});
    made.reacts = true;
    if constexpr (requires { R::version; }) made.declaration.version = R::version;
    if (filter) made.filter = *std::move(filter);
    return made;
}

}  // namespace mainstem
