// Looking ahead for the columns that a mapping names.
#include "cli/import_fields.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "cli/import_event.hpp"
#include "cli/json_text.hpp"
#include "cli/line_reader.hpp"
#include "cli/messages.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr std::size_t looked_ahead = 1UL << 20;

/// The names of the fields that were seen, and which of those that are wanted were not.
class FieldSearch {
public:
    explicit FieldSearch(const ImportMapping& mapping)
        : mapping_(mapping), missing_{mapping.stream, mapping.type} {
        if (!mapping.time.empty()) missing_.push_back(mapping.time);
        missing_.insert(missing_.end(), mapping.tags.begin(), mapping.tags.end());
    }

    /// Takes whole lines, without those that are no JSON: each will be named as a bad row.
    void take(std::string_view lines) {
        while (!lines.empty() && !found_all()) {
            const auto line = lines.substr(0, lines.find('\n'));
            lines.remove_prefix(std::min(line.size() + 1, lines.size()));
            if (json_fault(line)) continue;
            for_each_member(line, [&](const JsonMember& member) {
                take_name(member.name);
                return true;
            });
        }
    }
    [[nodiscard]] bool found_all() const { return missing_.empty(); }
    [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
    /// What is answered when there is no other line. Without any field, the rows tell what is
    /// wrong.
    [[nodiscard]] Result<void> verdict() const {
        return seen_.empty() || found_all() ? Result<void>{} : check_columns(mapping_, seen_);
    }

private:
    void take_name(const std::string& name) {
        constexpr std::size_t most_names = 1000;
        const bool wanted = std::erase(missing_, name) > 0;
        if (seen_.size() >= most_names && !wanted) return;
        if (std::ranges::find(seen_, name) != seen_.end()) return;
        seen_.push_back(name);
    }

    const ImportMapping& mapping_;
    std::vector<std::string> missing_;
    std::vector<std::string> seen_;  ///< for the message
};

/// Looks through what is ahead, and reads on as far as is allowed. True if the input has ended.
Result<bool> look_ahead(Input& input, FieldSearch& search) {
    std::size_t looked = 0;
    while (true) {
        const auto lines = input.ahead().substr(0, input.ahead().rfind('\n') + 1);
        const auto rest = lines.substr(std::min(looked, lines.size()));
        search.take(looked == 0 ? without_mark(rest) : rest);
        looked = std::max(looked, lines.size());
        const auto most = looked > 0 ? looked_ahead : longest_json_line.value;
        if (search.found_all() || input.ahead().size() >= most) return false;
        const auto more = input.read_more();
        if (!more) return more.error();
        if (!*more) break;
    }
    const auto last_line = input.ahead().substr(looked);
    search.take(looked == 0 ? without_mark(last_line) : last_line);
    return true;
}

Result<void> look_through(const std::string& path, FieldSearch& search) {
    auto input = Input::open(path);
    if (!input) return input.error();
    LineReader reader{*input, longest_json_line};
    InputLine line;
    while (!search.found_all()) {
        const auto got = reader.next(line);
        if (!got) return got.error();
        if (!*got) break;
        if (!line.too_long) search.take(line.text);
    }
    return search.verdict();
}

}  // namespace

Result<void> check_fields(Input& input, const ImportMapping& mapping) {
    FieldSearch search{mapping};
    const auto ended = look_ahead(input, search);
    if (!ended) return ended.error();
    if (*ended || search.found_all()) return search.verdict();
    if (input.is_file()) return look_through(input.path(), search);
    for (const auto& name : search.missing()) {
        say(fmt::format("no line of the first MiB has a field {}; where it is missing it is empty",
                        in_quotes(name)));
    }
    return {};
}

}  // namespace mainstem::cli
