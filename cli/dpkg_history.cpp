// Going through the parts of the log.
#include "cli/dpkg_history.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/dpkg_line.hpp"
#include "cli/dpkg_log.hpp"
#include "cli/interrupt.hpp"
#include "cli/messages.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// So many of the lines that are no events are kept.
constexpr std::size_t kept_aside = 3;

LogParts parts_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator{folder, failure}) {
        names.push_back(entry.path().filename().string());
    }
    return log_parts(names);
}

void read_part(const std::string& path, DpkgHistory& history) {
    std::uint64_t number = 0;
    const auto read = for_each_line(path, [&](std::string_view line) {
        history.take(line, path, ++number);
        return !interrupt_requested();
    });
    if (number > 0) history.files.push_back(path);
    if (read) return;
    say(read.error().message());
    history.unread.push_back(path);
}

}  // namespace

void DpkgHistory::take(std::string_view line, std::string_view file, std::uint64_t number) {
    ++lines;
    if (auto event = event_of_line(line)) {
        events.push_back(std::move(*event));
        return;
    }
    ++set_aside;
    if (first_aside.size() == kept_aside) return;
    first_aside.push_back(fmt::format("{}:{}: {}", file, number, in_quotes(line)));
}

Result<DpkgHistory> read_dpkg_history(const std::string& folder) {
    const auto parts = parts_in(folder);
    const auto path_of = [&](const std::string& name) {
        return fmt::format("{}/{}", folder, name);
    };
    DpkgHistory history;
    for (const auto& name : parts.unsupported) history.unread.push_back(path_of(name));
    if (!history.unread.empty()) {
        say(fmt::format("cannot read {}: compressed otherwise than by gzip; unpack them first",
                        fmt::join(history.unread, ", ")));
    }
    for (const auto& name : parts.readable) read_part(path_of(name), history);
    if (interrupt_requested()) return interrupted("interrupted while reading");
    return history;
}

}  // namespace mainstem::cli
