// The diff aligns both lists by their longest common part; what remains between two common events
// is paired in order.
#include "testing/event_diff.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mainstem/event/codec.hpp>
#include <mainstem/event/json_value.hpp>

#include "store/errors.hpp"

namespace mainstem::testing::detail {
namespace {

using mainstem::detail::JsonFault;
using mainstem::detail::JsonText;
using mainstem::detail::JsonValue;
using mainstem::detail::stored_form;

constexpr std::size_t shown_bytes = 32;

bool is_json(const NewEvent& event) {
    return stored_form(event.content_type).content_type == json_content_type;
}

std::string payload(const NewEvent& event) {
    if (is_json(event)) return event.data;
    std::string text = fmt::format("{} bytes:", event.data.size());
    for (const char byte : event.data.substr(0, shown_bytes)) {
        text += fmt::format(" {:02x}", static_cast<unsigned char>(byte));
    }
    return event.data.size() > shown_bytes ? text + " ..." : text;
}

/// Where two values differ, as lines after `?`.
class Differences {
public:
    void compare(const std::string& path, JsonValue expected, JsonValue decided) {
        if (expected.is_object() && decided.is_object()) {
            objects(path, expected, decided);
        } else if (expected.is_array() && decided.is_array()) {
            arrays(path, expected, decided);
        } else if (!same_leaf(expected, decided)) {
            line(fmt::format("field \"{}\"", path), expected.described(), decided.described());
        }
    }
    void line(std::string_view what, std::string_view expected, std::string_view decided) {
        lines_ += fmt::format("\n  ?   {}: expected {}, decided {}", what, expected, decided);
    }
    [[nodiscard]] std::string take() && { return std::move(lines_); }

private:
    static bool same_leaf(JsonValue one, JsonValue other) {
        std::string_view text;
        std::string_view other_text;
        if (one.get(text) && other.get(other_text)) return text == other_text;
        return one.described() == other.described();
    }
    static std::string join(const std::string& path, std::string_view name) {
        return path.empty() ? std::string{name} : fmt::format("{}.{}", path, name);
    }
    void objects(const std::string& path, JsonValue expected, JsonValue decided) {
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto [name, value] = expected.member(i);
            compare(join(path, name), value, decided.member(name));
        }
        for (std::size_t i = 0; i < decided.size(); ++i) {
            const auto [name, value] = decided.member(i);
            if (expected.member(name).absent()) compare(join(path, name), {}, value);
        }
    }
    void arrays(const std::string& path, JsonValue expected, JsonValue decided) {
        const auto element = [](JsonValue list, std::size_t i) {
            return i < list.size() ? list.element(i) : JsonValue{};
        };
        for (std::size_t i = 0; i < std::max(expected.size(), decided.size()); ++i) {
            compare(join(path, std::to_string(i)), element(expected, i), element(decided, i));
        }
    }

    std::string lines_;
};

void compare_data(const NewEvent& expected, const NewEvent& decided, Differences& differences) {
    if (!is_json(expected) || !is_json(decided)) {
        const auto [one, other] = std::ranges::mismatch(expected.data, decided.data);
        const auto byte = [](const std::string& data, auto at) {
            return at == data.end() ? std::string{"the end"}
                                    : fmt::format("{:02x}", static_cast<unsigned char>(*at));
        };
        if (expected.data != decided.data) {
            differences.line(fmt::format("byte {}", one - expected.data.begin()),
                             byte(expected.data, one), byte(decided.data, other));
        }
        return;
    }
    JsonFault fault;
    const JsonText one{expected.data, fault};
    const JsonText other{decided.data, fault};
    differences.compare("", one.root(), other.root());
}

std::string differences_of(const ShownEvent& expected, const ShownEvent& decided) {
    if (expected.event->type != decided.event->type) return {};
    Differences differences;
    if (!expected.stream.empty() && expected.stream != decided.stream) {
        differences.line("stream", expected.stream, decided.stream);
    }
    compare_data(*expected.event, *decided.event, differences);
    return std::move(differences).take();
}

using Lengths = std::vector<std::vector<std::size_t>>;

/// At [i][j]: how long the longest common part of both lists is, from i and j to their ends.
Lengths common_lengths(const std::vector<ShownEvent>& expected,
                       const std::vector<ShownEvent>& decided) {
    Lengths lengths(expected.size() + 1, std::vector<std::size_t>(decided.size() + 1));
    for (std::size_t i = expected.size(); i-- > 0;) {
        for (std::size_t j = decided.size(); j-- > 0;) {
            lengths[i][j] = same_event(expected[i], decided[j])
                                ? lengths[i + 1][j + 1] + 1
                                : std::max(lengths[i + 1][j], lengths[i][j + 1]);
        }
    }
    return lengths;
}

}  // namespace

bool same_event(const ShownEvent& expected, const ShownEvent& decided) {
    const NewEvent& one = *expected.event;
    const NewEvent& other = *decided.event;
    return (expected.stream.empty() || expected.stream == decided.stream) &&
           one.type == other.type && one.content_type == other.content_type &&
           one.data == other.data && one.tags == other.tags;
}

std::string line_of(const ShownEvent& event) {
    std::string line = event.stream.empty() ? "" : fmt::format("{}: ", shown(event.stream));
    line += event.event->type;
    const auto version = stored_form(event.event->content_type).version;
    if (version != 1) line += fmt::format(" (version {})", version);
    line += ' ' + payload(*event.event);
    std::vector<std::string_view> tags;
    tags.reserve(event.event->tags.size());
    for (const auto& tag : event.event->tags) tags.push_back(tag.view());
    if (!tags.empty()) line += fmt::format(" [{}]", fmt::join(tags, ", "));
    return line;
}

std::string event_diff(const std::vector<ShownEvent>& expected,
                       const std::vector<ShownEvent>& decided) {
    const auto common = common_lengths(expected, decided);
    std::string text;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < expected.size() || j < decided.size()) {
        if (i < expected.size() && j < decided.size() && same_event(expected[i], decided[j])) {
            text += fmt::format("\n    {}", line_of(decided[j]));
            ++i;
            ++j;
            continue;
        }
        const bool drop_expected =
            i < expected.size() && (j == decided.size() || common[i + 1][j] == common[i][j]);
        const bool drop_decided =
            j < decided.size() && (i == expected.size() || common[i][j + 1] == common[i][j]);
        // Both may go: they stand for each other, if nothing common is lost by that.
        const bool pair = drop_expected && drop_decided && common[i + 1][j + 1] == common[i][j];
        if (drop_expected) text += fmt::format("\n  - {}", line_of(expected[i]));
        if (pair || !drop_expected) text += fmt::format("\n  + {}", line_of(decided[j]));
        if (pair) text += differences_of(expected[i], decided[j]);
        i += drop_expected ? 1 : 0;
        j += pair || !drop_expected ? 1 : 0;
    }
    return text;
}

}  // namespace mainstem::testing::detail
