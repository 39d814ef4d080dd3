// What SQLite calls while it looks at rows.
#include "sqlite/functions.hpp"

#include <new>
#include <string_view>
#include <variant>

#include <sqlite3.h>

#include "query/exact_sum.hpp"

namespace mainstem::sqlite {
namespace {

using query::NumberSum;

void touched(sqlite3_context* context, int, sqlite3_value**) {
    ++*static_cast<std::uint64_t*>(sqlite3_user_data(context));
    sqlite3_result_int(context, 1);
}

/// What SQLite keeps for each group: zeros at first.
struct SumOfGroup {
    NumberSum* sum;
};

void add(sqlite3_context* context, int, sqlite3_value** arguments) {
    auto* const group =
        static_cast<SumOfGroup*>(sqlite3_aggregate_context(context, sizeof(SumOfGroup)));
    if (group == nullptr) return sqlite3_result_error_nomem(context);
    if (group->sum == nullptr) group->sum = new (std::nothrow) NumberSum;
    if (group->sum == nullptr) return sqlite3_result_error_nomem(context);
    auto* const value = arguments[0];
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        group->sum->add(std::int64_t{sqlite3_value_int64(value)});
    } else if (sqlite3_value_type(value) == SQLITE_FLOAT) {
        group->sum->add(sqlite3_value_double(value));
    }
}

void answer(sqlite3_context* context, const FieldValue& value) {
    if (const auto* const integer = std::get_if<std::int64_t>(&value.get())) {
        sqlite3_result_int64(context, *integer);
    } else if (const auto* const real = std::get_if<double>(&value.get())) {
        sqlite3_result_double(context, *real);
    } else {
        sqlite3_result_null(context);
    }
}

/// Calls `finish` with the sum of the group, which is null if no row was added.
template <class Finish>
void finish(sqlite3_context* context, Finish finish) {
    auto* const group = static_cast<SumOfGroup*>(sqlite3_aggregate_context(context, 0));
    if (group == nullptr || group->sum == nullptr) return sqlite3_result_null(context);
    finish(*group->sum);
    delete group->sum;
    group->sum = nullptr;
}

void finish_sum(sqlite3_context* context) {
    finish(context, [&](const NumberSum& sum) {
        const auto total = sum.sum();
        if (!total) return sqlite3_result_error(context, sum_too_large, -1);
        answer(context, *total);
    });
}

void finish_average(sqlite3_context* context) {
    finish(context, [&](const NumberSum& sum) { answer(context, sum.average()); });
}

}  // namespace

void add_functions(sqlite3* database, std::uint64_t& count) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    sqlite3_create_function_v2(database, "touched", 1, flags, &count, touched, nullptr, nullptr,
                               nullptr);
    sqlite3_create_function_v2(database, "exact_sum", 1, flags, nullptr, nullptr, add, finish_sum,
                               nullptr);
    sqlite3_create_function_v2(database, "exact_avg", 1, flags, nullptr, nullptr, add,
                               finish_average, nullptr);
}

}  // namespace mainstem::sqlite
