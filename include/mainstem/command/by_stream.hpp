// The state of a command over several streams that is nothing but the state of each.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/types.hpp>

namespace mainstem {

/// For commands whose streams have a state each: `State` is folded from the events of one stream
/// alone, and kept in the cache for that stream, whatever other streams it is combined with. That
/// is what makes commands over ever other pairs of many streams fast.
///
///     Decision handle(const ByStream<Account>& accounts) const {
///         if (accounts[from].balance < amount) return Rejected::overdraft;
///         …
///
/// Valid while `handle` or `discover` runs.
template <class State>
class ByStream {
public:
    ByStream(std::span<const StreamId> streams, std::span<const void* const> states)
        : streams_(streams), states_(states) {}

    /// The state of a stream that the command declares, or has discovered; its default value if
    /// the stream has no event. Another stream is a mistake of the program, and stops it.
    /// O(streams).
    const State& operator[](const StreamId& stream) const { return of(stream.view()); }
    template <std::convertible_to<std::string_view> Name>
    const State& operator[](const Name& stream) const {
        return of(stream);
    }

    /// All that it has a state of: those that were declared, by name, then those discovered.
    [[nodiscard]] std::span<const StreamId> streams() const noexcept { return streams_; }

private:
    [[nodiscard]] const State& of(std::string_view stream) const {
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (streams_[i].view() == stream) return *static_cast<const State*>(states_[i]);
        }
        assertion_failed("a command asks for the state of a stream that it does not declare",
                         "ByStream", 0);
    }

    std::span<const StreamId> streams_;
    std::span<const void* const> states_;
};

}  // namespace mainstem
