// What is told of the documents of a group, as they come.
#pragma once

#include <cstdint>

#include <mainstem/core/result.hpp>
#include <mainstem/query/query.hpp>

#include "query/exact_sum.hpp"
#include "query/values.hpp"

namespace mainstem::query {

/// One aggregate of one group. Its answer does not depend on the order of the documents.
class Accumulator {
public:
    /// The value of the aggregate's field in a document; for a count of documents, any.
    void add(const Aggregate& aggregate, const ValueView& value);
    /// The error is too_large.
    [[nodiscard]] Result<FieldValue> answer(const Aggregate& aggregate) const;

private:
    std::int64_t count_ = 0;
    NumberSum numbers_;
    FieldValue best_;
};

}  // namespace mainstem::query
