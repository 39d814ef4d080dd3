// Functions of ours that statements call.
#pragma once

#include <cstdint>

struct sqlite3;

namespace mainstem::sqlite {

/// `touched(x)` counts its calls in `count`, which must outlive the connection, and is true.
/// `exact_sum(x)` and `exact_avg(x)` are those of queries: of numbers alone, rounded once, so that
/// they do not depend on the order of rows. A sum that is too large fails with `sum_too_large`.
void add_functions(sqlite3* database, std::uint64_t& count);

inline constexpr const char* sum_too_large = "a sum is too large for its kind of number";

}  // namespace mainstem::sqlite
