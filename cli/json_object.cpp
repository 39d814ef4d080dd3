// Writing members one behind the other.
#include "cli/json_object.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/json_text.hpp"

namespace mainstem::cli {

void JsonObject::begin(std::string_view name) {
    text_ += text_.size() == 1 ? "\"" : ",\"";
    text_ += name;
    text_ += "\":";
}

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(text_, value);
    return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::uint64_t value) {
    begin(name);
    text_ += fmt::format("{}", value);
    return *this;
}

JsonObject& JsonObject::decimal(std::string_view name, double value) {
    begin(name);
    text_ += fmt::format("{:.3f}", value);
    return *this;
}

JsonObject& JsonObject::boolean(std::string_view name, bool value) {
    begin(name);
    text_ += value ? "true" : "false";
    return *this;
}

JsonObject& JsonObject::json(std::string_view name, std::string_view value) {
    begin(name);
    text_ += value;
    return *this;
}

std::string json_array(const std::vector<std::string>& elements) {
    return fmt::format("[{}]", fmt::join(elements, ","));
}

}  // namespace mainstem::cli
