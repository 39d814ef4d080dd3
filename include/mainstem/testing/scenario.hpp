// Scenarios: what a command decides, given the events that there are; without a store.
//
//     auto accounts = given(Opened{"ada"}, Opened{"bob"}, Deposited{"ada", 30});
//
//     accounts.when(Transfer{"ada", "bob", 30}).then(Withdrawn{"ada", 30}, Deposited{"bob", 30});
//     accounts.when(Transfer{"ada", "bob", 31}).then(Rejected::overdraft);
//
// Events are compared and shown as they are stored, so they need neither `==` nor a printer.
#pragma once

#include <concepts>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/command/command_call.hpp>
#include <mainstem/command/command_error.hpp>
#include <mainstem/event/codec.hpp>
#include <mainstem/event/event.hpp>

namespace mainstem::testing {

/// Thrown by a scenario that does not hold. It fails a test under every framework; `what()` begins
/// with file and line of its `when`, and shows what was expected and what was decided.
class ScenarioFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An event in the stream that it is read from or goes to.
template <TypedEvent E>
struct Placed {
    StreamId stream;
    E event;
};
template <TypedEvent E>
[[nodiscard]] Placed<E> at(StreamId stream, E event) {
    return {std::move(stream), std::move(event)};
}

namespace detail {

/// In its stored form. Without a stream: of any stream that the command reads or writes.
struct ScenarioEvent {
    std::optional<StreamId> stream;
    NewEvent event;
};
using ScenarioEvents = std::vector<ScenarioEvent>;

template <TypedEvent E>
ScenarioEvent scenario_event(const E& event) {
    return {{}, encode(event).value()};
}
template <TypedEvent... E>
ScenarioEvent scenario_event(const std::variant<E...>& event) {
    return {{}, encode(event).value()};
}
template <TypedEvent E>
ScenarioEvent scenario_event(const Placed<E>& placed) {
    return {placed.stream, encode(placed.event).value()};
}
template <class E>
concept InScenario = requires(const E& event) { scenario_event(event); };

struct ScenarioDecision {
    mainstem::detail::Verdict verdict;
    std::vector<StreamEvent> events;
    std::string rejection;  ///< in words
};

/// Folds and decides as an executor does.
[[nodiscard]] ScenarioDecision decide(const ScenarioEvents& given,
                                      mainstem::detail::CommandCall& call,
                                      const std::source_location& where);

// Each throws ScenarioFailure if it does not hold.
void expect_events(const ScenarioEvents& expected, const ScenarioDecision& decided,
                   const std::source_location& where);
void expect_rejection(std::string_view expected, bool same, const ScenarioDecision& decided,
                      const std::source_location& where);

}  // namespace detail

/// What a command has decided, to be compared with what it should have.
template <class C>
class Outcome {
public:
    using Rejection = mainstem::detail::RejectionOf<C>;

    /// Exactly these events, in this order. Where one is `at` a stream, it must go there.
    template <detail::InScenario... Events>
        requires(sizeof...(Events) > 0)
    void then(const Events&... events) const {
        detail::expect_events({detail::scenario_event(events)...}, decided_, where_);
    }

    /// This rejection.
    void then(const Rejection& rejection) const {
        static_assert(std::equality_comparable<Rejection>, "a rejection needs `==` to be compared");
        detail::expect_rejection(mainstem::detail::rejection_text(rejection),
                                 rejection_ && *rejection_ == rejection, decided_, where_);
    }

    /// It was accepted, and there was nothing to record.
    void then_nothing() const { detail::expect_events({}, decided_, where_); }

private:
    friend class Scenario;
    Outcome(detail::ScenarioDecision decided, std::optional<Rejection> rejection,
            const std::source_location& where)
        : decided_(std::move(decided)), rejection_(std::move(rejection)), where_(where) {}

    detail::ScenarioDecision decided_;
    std::optional<Rejection> rejection_;
    std::source_location where_;
};

/// Events that there are. Can be shared by any number of commands; none changes it.
class Scenario {
public:
    explicit Scenario(detail::ScenarioEvents events) : events_(std::move(events)) {}

    /// Folds what the command reads, and lets it decide. An event `at` a stream is read if the
    /// command declares or discovers the stream, or asks for the event by its query; one without a
    /// stream lies in one of the command's streams, or, if it has a query alone, is read if it has
    /// the types and tags. Throws ScenarioFailure where an executor would answer with an error: an
    /// event that the command does not know, or one decided for a stream that it does not declare.
    template <class C>
    [[nodiscard]] Outcome<C> when(const C& command, const std::source_location& where =
                                                        std::source_location::current()) const {
        if constexpr (mainstem::detail::check_command<C>()) {
            mainstem::detail::TypedCall<C, const C&> call{command};
            auto decided = detail::decide(events_, call, where);
            std::optional<mainstem::detail::RejectionOf<C>> rejection;
            if (decided.verdict == mainstem::detail::Verdict::rejected) {
                rejection = call.decision().rejection();
                decided.rejection = mainstem::detail::rejection_text(*rejection);
            }
            return {std::move(decided), std::move(rejection), where};
        }
    }

private:
    detail::ScenarioEvents events_;
};

/// The events that there are, in the global order; of any types, older versions of them too.
template <detail::InScenario... Events>
[[nodiscard]] Scenario given(const Events&... events) {
    return Scenario{{detail::scenario_event(events)...}};
}

}  // namespace mainstem::testing
