// One command that is being executed, its type forgotten, and what every command must look like.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <mainstem/command/by_stream.hpp>
#include <mainstem/command/decision.hpp>
#include <mainstem/command/state_type.hpp>
#include <mainstem/event/codec.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem::detail {

template <class Function>
struct HandleShape {
    static constexpr bool fits = false;
};
template <class C, class D, class S>
struct HandleShape<D (C::*)(const S&) const> {
    static constexpr bool fits = true;
    using State = S;
    using Decision = D;
};
template <class C, class D, class S>
struct HandleShape<D (C::*)(const S&) const noexcept> : HandleShape<D (C::*)(const S&) const> {};

template <class T>
constexpr bool is_decision = false;
template <class Event, class Rejection>
constexpr bool is_decision<Decision<Event, Rejection>> = true;

/// What events are folded into: the state, or that of each stream.
template <class State>
struct FoldOf {
    static constexpr bool by_stream = false;
    using Type = State;
};
template <class State>
struct FoldOf<ByStream<State>> {
    static constexpr bool by_stream = true;
    using Type = State;
};

template <class State, class Event>
struct Folds {
    static constexpr bool typed = TypedEvent<Event>;
    static constexpr bool applied =
        requires(State& state, const Event& event) { state.apply(event); };
};
template <class State, class... Events>
struct Folds<State, std::variant<Events...>> {
    static constexpr bool typed = (TypedEvent<Events> && ...);
    static constexpr bool applied = (Folds<State, Events>::applied && ...);
};

template <class C>
concept DeclaresStreams = requires(const C& command) {
    { command.streams() } -> std::convertible_to<Streams>;
};
template <class C>
concept DeclaresQuery = requires(const C& command) {
    { command.query() } -> std::convertible_to<EventQuery>;
};

template <class C, class State>
concept DiscoversStreams = requires(const C& command, const State& state) {
    { command.discover(state) } -> std::convertible_to<Streams>;
};

// True if a command has anything of that name that is no field.
template <class C>
concept NamesStreams =
    requires { requires !std::is_member_object_pointer_v<decltype(&C::streams)>; } ||
    (!requires { &C::streams; } && !std::is_final_v<C> &&
     !requires { &WithOtherMembers<C>::streams; });
template <class C>
concept NamesQuery =
    requires { requires !std::is_member_object_pointer_v<decltype(&C::query)>; } ||
    (!requires { &C::query; } && !std::is_final_v<C> && !requires { &WithOtherMembers<C>::query; });
template <class C>
concept NamesDiscover =
    requires { requires !std::is_member_object_pointer_v<decltype(&C::discover)>; } ||
    (!requires { &C::discover; } && !std::is_final_v<C> &&
     !requires { &WithOtherMembers<C>::discover; });

/// Of what the command says that it depends on.
template <class C, class State>
consteval bool check_dependencies() {
    constexpr bool streams = DeclaresStreams<C> || !NamesStreams<C>;
    static_assert(streams, "a command's `streams` must be `Streams streams() const`");
    constexpr bool query = DeclaresQuery<C> || !NamesQuery<C>;
    static_assert(query, "a command's `query` must be `EventQuery query() const`");
    constexpr bool discovers = DiscoversStreams<C, State> || !NamesDiscover<C>;
    static_assert(discovers,
                  "a command's `discover` must be `Streams discover(const State& state) const`, of "
                  "the state that its `handle` takes");
    if constexpr (streams && query && discovers) {
        static_assert(DeclaresStreams<C> || DeclaresQuery<C>,
                      "a command says what it depends on: `Streams streams() const`, or "
                      "`EventQuery query() const`, or both");
        static_assert(!FoldOf<State>::by_stream || !DeclaresQuery<C>,
                      "the events of a `query()` are folded into one state, not ByStream");
    }
    return streams && query && discovers;
}

template <class C, class Shape>
consteval bool check_decision() {
    constexpr bool decides = is_decision<typename Shape::Decision>;
    static_assert(decides, "a command's `handle` must return a mainstem::Decision");
    if constexpr (decides) {
        using State = typename FoldOf<typename Shape::State>::Type;
        using Fold = Folds<State, typename Shape::Decision::EventType>;
        constexpr bool regular = std::default_initializable<State> && std::copyable<State>;
        static_assert(regular,
                      "a command's state must have a default value, from which the fold begins, "
                      "and be copyable, so that it can be kept");
        static_assert(Fold::typed,
                      "each event of a decision needs `static constexpr auto event_type = \"…\"`");
        static_assert(Fold::applied,
                      "a command's state needs `void apply(const E& event)` for each event E of "
                      "its decisions");
        constexpr bool depends = check_dependencies<C, typename Shape::State>();
        return regular && Fold::typed && Fold::applied && depends;
    }
    return false;
}

/// Says in words what a command lacks. Each check is made only if those before it hold, so that
/// there is one message, the first.
template <class C>
consteval bool check_command() {
    constexpr bool handles = requires { &C::handle; };
    static_assert(handles,
                  "a command needs `Decision<Event, Rejection> handle(const State& state) const`, "
                  "once and not as a template");
    if constexpr (handles) {
        using Shape = HandleShape<decltype(&C::handle)>;
        static_assert(Shape::fits,
                      "a command's `handle` must be const and take its state as `const State&`");
        if constexpr (Shape::fits) return check_decision<C, Shape>();
    }
    return false;
}

/// What a command said.
enum class Verdict : std::uint8_t { events, nothing, rejected };

/// What a command decides on: one state, or that of each of these streams.
template <class Pointer>
struct StatesOf {
    std::span<const StreamId> streams;
    std::span<const Pointer> states;
};
using States = StatesOf<const void*>;
using MutableStates = StatesOf<void*>;

/// A command in execution. One thread at a time.
class CommandCall {
public:
    CommandCall() = default;
    CommandCall(const CommandCall&) = delete;
    CommandCall& operator=(const CommandCall&) = delete;
    virtual ~CommandCall() = default;

    /// Of the state, or of that of each stream.
    [[nodiscard]] virtual const StateType& state_type() const noexcept = 0;
    /// True: each stream has a state of its own.
    [[nodiscard]] virtual bool by_stream() const noexcept = 0;
    [[nodiscard]] virtual Streams streams() const = 0;
    [[nodiscard]] virtual std::optional<EventQuery> query() const = 0;
    [[nodiscard]] virtual bool declares_streams() const noexcept = 0;
    /// True: events come from several reads, so they are kept and folded in order at the end.
    [[nodiscard]] virtual bool keeps_events() const noexcept = 0;
    /// Decodes an event and keeps it.
    virtual Result<void> keep(const EventView& event) = 0;
    /// The state that all kept events make, each once, in the global order.
    [[nodiscard]] virtual AnyState fold_kept() = 0;
    virtual void forget_kept() noexcept = 0;
    [[nodiscard]] virtual bool discovers() const noexcept = 0;
    [[nodiscard]] virtual Streams discover(const States& states) const = 0;

    /// Decides. Its events are added to `events`, encoded.
    virtual Result<Verdict> decide(const States& states, std::vector<StreamEvent>& events) = 0;
    /// Applies what it has decided last.
    virtual void apply_decided(const MutableStates& states) const = 0;
};

template <class C>
using StateOf = typename HandleShape<decltype(&C::handle)>::State;
template <class C>
using DecisionOf = typename HandleShape<decltype(&C::handle)>::Decision;
template <class C>
using EventOf = typename DecisionOf<C>::EventType;

template <class C>
struct RejectionType {
    using Type = NeverRejected;
};
template <class C>
    requires requires { typename DecisionOf<C>::RejectionType; }
struct RejectionType<C> {
    using Type = typename DecisionOf<C>::RejectionType;
};
/// Stands in the signatures of those who take a command, so it has an answer for every type: what
/// is no command gets as far as `check_command`, which says what it lacks.
template <class C>
using RejectionOf = typename RejectionType<C>::Type;

/// `Held`: `const C&` or `C`.
template <class C, class Held>
class TypedCall final : public CommandCall {
public:
    using State = typename FoldOf<StateOf<C>>::Type;
    using Event = EventOf<C>;

    explicit TypedCall(Held command) : command_(std::forward<Held>(command)) {}

    [[nodiscard]] const StateType& state_type() const noexcept override {
        return state_type_of<State, Event>;
    }
    [[nodiscard]] Streams streams() const override {
        if constexpr (DeclaresStreams<C>) return command_.streams();
        return {};
    }
    [[nodiscard]] std::optional<EventQuery> query() const override {
        if constexpr (DeclaresQuery<C>) return command_.query();
        return std::nullopt;
    }
    [[nodiscard]] bool declares_streams() const noexcept override { return DeclaresStreams<C>; }
    [[nodiscard]] bool by_stream() const noexcept override { return divided; }
    [[nodiscard]] bool keeps_events() const noexcept override {
        return (finds_streams && !divided) || (DeclaresStreams<C> && DeclaresQuery<C>);
    }

    Result<void> keep(const EventView& event) override {
        return EventTypes<Event>::visit(event, [&](auto&& one) {
            kept_.emplace_back(event.position, std::forward<decltype(one)>(one));
        });
    }
    [[nodiscard]] AnyState fold_kept() override {
        std::ranges::stable_sort(kept_, {}, &Kept::position);
        const auto same = std::ranges::unique(kept_, {}, &Kept::position);
        kept_.erase(same.begin(), same.end());
        AnyState state{state_type()};
        for (const auto& kept : kept_) apply(*static_cast<State*>(state.get()), kept.event);
        return state;
    }
    void forget_kept() noexcept override { kept_.clear(); }
    [[nodiscard]] bool discovers() const noexcept override { return finds_streams; }
    [[nodiscard]] Streams discover(const States& states) const override {
        if constexpr (finds_streams)
            return on(states, [&](const auto& state) { return command_.discover(state); });
        return static_cast<void>(states), Streams{};
    }

    Result<Verdict> decide(const States& states, std::vector<StreamEvent>& events) override {
        decision_.emplace(on(states, [&](const auto& state) { return command_.handle(state); }));
        if (decision_->rejected()) return Verdict::rejected;
        events.reserve(decision_->events().size());
        for (const auto& decided : decision_->events()) {
            auto encoded = encode(decided.event);
            if (!encoded) return std::move(encoded).error();
            events.emplace_back(decided.stream, *std::move(encoded));
        }
        return events.empty() ? Verdict::nothing : Verdict::events;
    }
    void apply_decided(const MutableStates& states) const override {
        for (const auto& decided : decision_->events()) {
            std::size_t index = 0;
            if constexpr (divided) {
                while (states.streams[index] != decided.stream) ++index;
            }
            apply(*static_cast<State*>(states.states[index]), decided.event);
        }
    }

    /// The last decision.
    [[nodiscard]] const DecisionOf<C>& decision() const { return *decision_; }

private:
    static constexpr bool divided = FoldOf<StateOf<C>>::by_stream;
    static constexpr bool finds_streams = DiscoversStreams<C, StateOf<C>>;
    struct Kept {
        Position position;
        Event event;
    };

    template <class Function>
    static auto on(const States& states, const Function& function) {
        if constexpr (divided) {
            return function(StateOf<C>{states.streams, states.states});
        } else {
            return function(*static_cast<const State*>(states.states[0]));
        }
    }
    template <class One>
    static void apply(State& state, const One& event) {
        state.apply(event);
    }
    template <class... Types>
    static void apply(State& state, const std::variant<Types...>& event) {
        std::visit([&](const auto& one) { state.apply(one); }, event);
    }

    Held command_;
    std::optional<DecisionOf<C>> decision_;
    std::vector<Kept> kept_;
};

}  // namespace mainstem::detail
