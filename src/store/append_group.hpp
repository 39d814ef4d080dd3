// What appending a group of requests goes by, for every backend.
#pragma once

#include <string_view>
#include <unordered_set>

#include <mainstem/store/append.hpp>

namespace mainstem {

/// The streams that are named by those requests of a group which stored nothing new: who decided on
/// what they would have stored must decide again. One thread at a time; the requests outlive it.
class UnstoredStreams {
public:
    [[nodiscard]] bool empty() const noexcept { return names_.empty(); }

    /// Adds the streams of a request that was not stored, or is a repeat.
    void add(const AppendRequest& request);
    /// The first stream among them that a request names, its expectations before its events;
    /// nullptr: it names none of them.
    [[nodiscard]] const StreamId* find(const AppendRequest& request) const;

private:
    std::unordered_set<std::string_view> names_;
};

}  // namespace mainstem
