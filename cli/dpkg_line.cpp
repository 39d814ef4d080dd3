// The grammar of dpkg's log: words divided by single blanks.
#include "cli/dpkg_line.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <utility>
#include <vector>

#include "cli/json_object.hpp"

namespace mainstem::cli {
namespace {

using Words = std::vector<std::string_view>;

/// Actions on a package and the types of their events. Each line has four words after the time:
/// the action, the package, the version that is installed, the version that is available.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> actions{
    {{"install", install_started},
     {"upgrade", "UpgradeStarted"},
     {"configure", "ConfigureStarted"},
     {"trigproc", "TriggersStarted"},
     {"disappear", "DisappearStarted"},
     {"remove", "RemoveStarted"},
     {"purge", "PurgeStarted"}}};

constexpr std::size_t time_size = 19;

Words words_of(std::string_view text) {
    Words words;
    while (true) {
        const auto blank = text.find(' ');
        words.push_back(text.substr(0, blank));
        if (blank == std::string_view::npos) return words;
        text.remove_prefix(blank + 1);
    }
}

bool is_time(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-dd dd:dd:dd";
    return std::ranges::equal(text, shape, [](char c, char expected) {
        return expected == 'd' ? c >= '0' && c <= '9' : c == expected;
    });
}

/// The event of the words after the time, without the time.
std::optional<DpkgLine> event_of_words(const Words& words) {
    DpkgLine line;
    const auto& keyword = words.front();
    if (keyword == "status" && words.size() == 4) {
        line.stream = words[2];
        line.type = status_changed;
        line.payload = JsonObject{}.text("state", words[1]).text("version", words[3]).str();
        return line;
    }
    if (keyword == "startup" && words.size() == 3) {
        line.stream = dpkg_stream;
        line.type = "DpkgStarted";
        line.payload = JsonObject{}.text("on", words[1]).text("command", words[2]).str();
        return line;
    }
    const auto* const action =
        std::ranges::find(actions, keyword, &decltype(actions)::value_type::first);
    if (action == actions.end() || words.size() != 4) return std::nullopt;
    line.stream = words[1];
    line.type = action->second;
    line.payload = JsonObject{}.text("installed", words[2]).text("available", words[3]).str();
    return line;
}

/// `conffile FILE DECISION`, where FILE may have blanks.
std::optional<DpkgLine> conffile_event(std::string_view text) {
    constexpr std::string_view keyword = "conffile ";
    const auto last_blank = text.rfind(' ');
    if (!text.starts_with(keyword) || last_blank <= keyword.size()) return std::nullopt;
    DpkgLine line;
    line.stream = dpkg_stream;
    line.type = "ConffileDecided";
    line.payload = JsonObject{}
                       .text("file", text.substr(keyword.size(), last_blank - keyword.size()))
                       .text("decision", text.substr(last_blank + 1))
                       .str();
    return line;
}

}  // namespace

std::optional<DpkgLine> parse_dpkg_line(std::string_view line) {
    const auto time = line.substr(0, time_size);
    if (!is_time(time) || line.size() < time_size + 2 || line[time_size] != ' ')
        return std::nullopt;
    const auto text = line.substr(time_size + 1);
    auto parsed =
        text.starts_with("conffile ") ? conffile_event(text) : event_of_words(words_of(text));
    if (parsed) parsed->time = time;
    return parsed;
}

std::optional<Timestamp> local_moment(std::string_view time) {
    std::tm fields = {};
    const std::string text{time};
    const auto* const end = strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &fields);
    if (end == nullptr || *end != '\0') return std::nullopt;
    fields.tm_isdst = -1;
    const auto seconds = std::mktime(&fields);
    if (seconds == std::time_t{-1}) return std::nullopt;
    return Timestamp{std::chrono::seconds{seconds}};
}

std::optional<StreamEvent> event_of_line(std::string_view line) {
    auto parsed = parse_dpkg_line(line);
    if (!parsed) return std::nullopt;
    const auto time = local_moment(parsed->time);
    if (!time) return std::nullopt;
    AppendRequest request;
    request.events.push_back({std::move(parsed->stream),
                              {.type = std::move(parsed->type),
                               .data = std::move(parsed->payload),
                               .occurred_at = time}});
    if (!check_request(request)) return std::nullopt;
    return std::move(request.events.front());
}

}  // namespace mainstem::cli
