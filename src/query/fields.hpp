// Fields of documents by their paths, without copies.
#pragma once

#include <string_view>

#include "query/document_query.hpp"
#include "query/values.hpp"

namespace mainstem::query {

inline constexpr std::string_view id_path = "_id";
inline constexpr std::string_view version_path = "_version";

/// What stands at the path in the document's JSON; absent if nothing does. Not for the two names
/// that every document has.
[[nodiscard]] detail::JsonValue json_at(const DocumentView& document,
                                        std::string_view path) noexcept;
/// `value_at`, valid as long as the document.
[[nodiscard]] ValueView view_at(const DocumentView& document, std::string_view path) noexcept;

}  // namespace mainstem::query
