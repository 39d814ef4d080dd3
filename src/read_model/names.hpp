// Names in a read model: of projections, collections and indexes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mainstem::read_model {

/// What is wrong, without the place; nothing if all is well.
using Complaint = std::optional<std::string>;

/// A name as `is_collection_name` says, that no backend keeps for itself: those that begin with
/// mainstem_, sqlite_ or doc_, in letters of either case.
[[nodiscard]] Complaint check_name(std::string_view what, std::string_view name);

/// True if a database that does not tell capital letters from small ones takes both for one name.
[[nodiscard]] bool same_name(std::string_view one, std::string_view other) noexcept;

}  // namespace mainstem::read_model
