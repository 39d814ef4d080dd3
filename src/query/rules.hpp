// The rules of queries, one by one, so that the parser can name the place in its text and
// `check_query` the part of a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mainstem/query/query.hpp>

namespace mainstem::query {

/// What is wrong, without the place; nothing if all is well.
using Complaint = std::optional<std::string>;

/// Conditions that are counted as they are checked, as their number is limited, too.
class ConditionRules {
public:
    [[nodiscard]] Complaint check(const Condition& condition);

private:
    std::size_t conditions_ = 0;
    std::size_t values_ = 0;
};

/// How deep lists and negations stand in one another; one condition: 0. Stops counting beyond the
/// limit.
[[nodiscard]] Complaint check_depth(const Filter& filter);

[[nodiscard]] Complaint check_collection(std::string_view name);

/// The part of a query that breaks a rule.
struct BrokenRule {
    enum class Part : std::uint8_t {
        collection,
        select,
        aggregate,
        group_by,
        sort,
        limit,
        offset,
        after,
    };
    Part part;
    std::size_t index;  ///< in its list
    std::string problem;
};
/// The first rule that a query breaks, its filter left out.
[[nodiscard]] std::optional<BrokenRule> broken_rule(const DocumentQuery& query);

}  // namespace mainstem::query
