// Parts of queries as text.
#pragma once

#include <string>
#include <vector>

#include <mainstem/query/query.hpp>

namespace mainstem::query {

/// `balance desc, city`: what stands behind `order by`.
[[nodiscard]] std::string sort_text(const std::vector<SortKey>& sort);

}  // namespace mainstem::query
