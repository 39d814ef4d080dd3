// States with their type forgotten: what the executor, its cache and snapshots need of one.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mainstem/core/block_memory.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/event/codec.hpp>

namespace mainstem::detail {

/// What `value` has allocated, roughly: containers are followed, other types are taken to own
/// nothing. A state may say it itself by `std::size_t bytes() const`.
template <class T>
std::size_t heap_bytes(const T& value) {
    /// A node of a tree or hash table, or the slack of an array, for each element.
    constexpr std::size_t element_overhead = 32;
    std::size_t bytes = 0;
    if constexpr (requires {
                      { value.bytes() } -> std::convertible_to<std::size_t>;
                  }) {
        bytes = value.bytes();
    } else if constexpr (std::same_as<T, std::string>) {
        bytes = value.capacity() > sizeof(std::string) / 2 ? value.capacity() + 1 : 0;
    } else if constexpr (std::ranges::sized_range<const T>) {
        for (const auto& element : value) {
            bytes += sizeof(element) + element_overhead + heap_bytes(element);
        }
    } else if constexpr (requires {
                             value.first;
                             value.second;
                         }) {
        bytes = heap_bytes(value.first) + heap_bytes(value.second);
    } else if constexpr (PlainStruct<T> && !std::is_trivially_copyable_v<T>) {
        each_field(value, [&](auto, const auto& field) {
            bytes += heap_bytes(field);
            return true;
        });
    }
    return bytes;
}

/// A state that can be kept as a snapshot says its name and, when its fields or its folding change,
/// a new version: `static constexpr auto state_type = "balances"; static constexpr unsigned
/// state_version = 2;`
template <class State>
concept SnapshotState = requires {
    { State::state_type } -> std::convertible_to<std::string_view>;
};

/// What can be done with states of one type.
struct StateType {
    void* (*make)();
    void* (*copy)(const void* state);
    void (*destroy)(void* state) noexcept;
    /// Decodes a stored event and applies it.
    Result<void> (*apply)(void* state, const EventView& event);
    /// O(size of the state) if it owns containers.
    std::size_t (*bytes)(const void* state);

    // For snapshots; no name: it has none.
    std::string_view name;
    unsigned version;
    bool (*encode)(const void* state, std::string& out);
    bool (*decode)(void* state, std::string_view text);
};

template <class State>
consteval unsigned state_version() {
    if constexpr (requires { State::state_version; }) {
        return State::state_version;
    } else {
        return 1;
    }
}

template <class State, class Event>
constexpr StateType make_state_type() {
    StateType type{
        .make = [] { return static_cast<void*>(new_in_block<State>()); },
        .copy = [](const void* state) -> void* {
            return new_in_block<State>(*static_cast<const State*>(state));
        },
        .destroy = [](void* state) noexcept { delete_in_block(static_cast<State*>(state)); },
        .apply = [](void* state, const EventView& event) -> Result<void> {
            return EventTypes<Event>::visit(
                event, [&](const auto& one) { static_cast<State*>(state)->apply(one); });
        },
        .bytes =
            [](const void* state) {
                return sizeof(State) + heap_bytes(*static_cast<const State*>(state));
            },
        .name = {},
        .version = 0,
        .encode = nullptr,
        .decode = nullptr};
    if constexpr (SnapshotState<State>) {
        type.name = State::state_type;
        type.version = state_version<State>();
        type.encode = [](const void* state, std::string& out) {
            return Codec<State>::encode(*static_cast<const State*>(state), out).has_value();
        };
        type.decode = [](void* state, std::string_view text) {
            return Codec<State>::decode(text, *static_cast<State*>(state)).has_value();
        };
    }
    return type;
}

/// Its address is the type's identity.
template <class State, class Event>
inline constexpr StateType state_type_of = make_state_type<State, Event>();

/// A state that is owned.
class AnyState {
public:
    explicit AnyState(const StateType& type) : type_(&type), state_(type.make()) {}
    AnyState(const AnyState& other) : type_(other.type_), state_(other.type_->copy(other.state_)) {}
    AnyState(AnyState&& other) noexcept
        : type_(other.type_), state_(std::exchange(other.state_, nullptr)) {}
    AnyState& operator=(AnyState other) noexcept {
        std::swap(type_, other.type_);
        std::swap(state_, other.state_);
        return *this;
    }
    ~AnyState() {
        if (state_) type_->destroy(state_);
    }

    [[nodiscard]] const StateType& type() const noexcept { return *type_; }
    [[nodiscard]] void* get() noexcept { return state_; }
    [[nodiscard]] const void* get() const noexcept { return state_; }
    Result<void> apply(const EventView& event) { return type_->apply(state_, event); }

private:
    const StateType* type_;
    void* state_;
};

}  // namespace mainstem::detail
