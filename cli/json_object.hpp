// A JSON object that is written member by member, for results and for payloads of the system's own
// events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mainstem::cli {

/// Names are written as they come: they must need no escape and not repeat.
class JsonObject {
public:
    JsonObject& text(std::string_view name, std::string_view value);
    JsonObject& number(std::string_view name, std::uint64_t value);
    /// Rounded to three digits behind the point.
    JsonObject& decimal(std::string_view name, double value);
    JsonObject& boolean(std::string_view name, bool value);
    /// `value` is JSON.
    JsonObject& json(std::string_view name, std::string_view value);

    /// The object so far.
    [[nodiscard]] std::string str() const { return text_ + '}'; }

private:
    void begin(std::string_view name);

    std::string text_ = "{";
};

/// A JSON array of things that are JSON already.
[[nodiscard]] std::string json_array(const std::vector<std::string>& elements);

}  // namespace mainstem::cli
