// Rows as JSON. A number is written by what it is worth, so that the one that stands for a group of
// 1 and 1.0 does not depend on which was met first.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "query/document_query.hpp"
#include "query/values.hpp"

namespace mainstem::query {
namespace {

void write_real(std::string& out, double real) {
    constexpr double two_to_63 = 9223372036854775808.0;
    const bool is_integer = real >= -two_to_63 && real < two_to_63 && std::trunc(real) == real;
    if (is_integer) {
        detail::write_json_integer(out, static_cast<std::int64_t>(real));
    } else if (!detail::write_json_number(out, real)) {
        out += "null";
    }
}

}  // namespace

std::string json_of(const FieldValue& value) {
    std::string out;
    const auto view = view_of(value);
    if (const auto* const integer = std::get_if<std::int64_t>(&view)) {
        detail::write_json_integer(out, *integer);
    } else if (const auto* const real = std::get_if<double>(&view)) {
        write_real(out, *real);
    } else if (const auto* const text = std::get_if<std::string_view>(&view)) {
        const bool is_text = detail::write_json_text(out, *text);
        MAINSTEM_ASSERT(is_text, "texts of documents and ids are UTF-8");
    } else {
        out = "null";
    }
    return out;
}

std::string row_json(const std::vector<std::string>& columns,
                     const std::vector<std::string>& values) {
    MAINSTEM_ASSERT(columns.size() == values.size(), "a row has a value for each column");
    std::string out = "{";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ',';
        out += json_of(columns[i]);
        out += ':';
        out += values[i].empty() ? "null" : values[i];
    }
    return out += '}';
}

}  // namespace mainstem::query
