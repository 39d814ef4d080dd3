// Counts, sums and extremes.
#include "query/accumulator.hpp"

#include <fmt/format.h>

namespace mainstem::query {

using Function = Aggregate::Function;

void Accumulator::add(const Aggregate& aggregate, const ValueView& value) {
    switch (aggregate.function) {
        case Function::count:
            if (aggregate.field.empty() || !is_null(value)) ++count_;
            return;
        case Function::sum:
        case Function::avg: numbers_.add(value); return;
        case Function::min:
        case Function::max: break;
    }
    if (is_null(value)) return;
    const auto order = compare(value, view_of(best_));
    const bool better = aggregate.function == Function::min ? order < 0 : order > 0;
    if (best_.is_null() || better) best_ = value_of(value);
}

Result<FieldValue> Accumulator::answer(const Aggregate& aggregate) const {
    switch (aggregate.function) {
        case Function::count: return FieldValue{count_};
        case Function::avg: return numbers_.average();
        case Function::min:
        case Function::max: return best_;
        case Function::sum: break;
    }
    if (auto sum = numbers_.sum()) return *std::move(sum);
    return Error{QueryError::too_large,
                 fmt::format("{}: the sum is larger than a number can be; take avg({}), or fewer "
                             "documents",
                             aggregate.column(), aggregate.field)};
}

}  // namespace mainstem::query
