// The store that events are appended to, made when the first request is sure to be taken: what an
// empty store refuses leaves nothing behind.
#pragma once

#include <optional>
#include <utility>

#include <mainstem/store/store.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

/// One thread at a time.
class AppendTarget {
public:
    /// Opens the store if there is one.
    static Result<AppendTarget> open(const StoreArguments& arguments);

    Result<Appended> append(const AppendRequest& request);
    /// 0 if there is no such stream, or no store yet.
    [[nodiscard]] Result<Version> version_of(const StreamId& stream) const;

private:
    explicit AppendTarget(StoreArguments arguments) : arguments_(std::move(arguments)) {}

    Result<void> make_for(const AppendRequest& request);

    StoreArguments arguments_;
    std::optional<Store> store_;
};

}  // namespace mainstem::cli
