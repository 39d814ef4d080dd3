// Names in queries.
#include <mainstem/query/query.hpp>

#include <algorithm>

#include <mainstem/core/limits.hpp>

namespace mainstem {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_inner(char c) noexcept {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_field_name(std::string_view name) noexcept {
    return !name.empty() && (is_letter(name.front()) || name.front() == '_') &&
           std::ranges::all_of(name, is_inner);
}

std::string_view name_of(Aggregate::Function function) noexcept {
    switch (function) {
        case Aggregate::Function::count: return "count";
        case Aggregate::Function::sum: return "sum";
        case Aggregate::Function::min: return "min";
        case Aggregate::Function::max: return "max";
        case Aggregate::Function::avg: return "avg";
    }
    return "unknown";
}

}  // namespace

std::string_view name(QueryError code) noexcept {
    switch (code) {
        case QueryError::invalid: return "invalid";
        case QueryError::too_large: return "too_large";
    }
    return "unknown";
}

bool retryable(QueryError) noexcept { return false; }

std::string Aggregate::column() const {
    if (!as.empty()) return as;
    std::string text{name_of(function)};
    text += '(';
    text += field;
    text += ')';
    return text;
}

bool is_field_path(std::string_view path) noexcept {
    if (path.size() > limits::name_bytes) return false;
    while (true) {
        const auto dot = path.find('.');
        if (!is_field_name(path.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        path.remove_prefix(dot + 1);
    }
}

bool is_collection_name(std::string_view name) noexcept {
    constexpr std::size_t most = 63;
    return !name.empty() && name.size() <= most && is_letter(name.front()) &&
           std::ranges::all_of(name, is_inner);
}

}  // namespace mainstem
