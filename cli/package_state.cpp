// The fold: only changes of status say what a package is; the rest tells how it came there.
#include "cli/package_state.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/dpkg_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr std::string_view not_installed = "not-installed";

std::string_view name_of(std::string_view package) { return package.substr(0, package.find(':')); }

/// True if another architecture of the package has a younger history.
bool moved_to_other_architecture(const PackageStates& folded, const std::string& package,
                                 const PackageState& state) {
    const auto name = std::string{name_of(package)};
    for (auto other = folded.lower_bound(name + ':'); other != folded.end(); ++other) {
        if (name_of(other->first) != name) return false;
        if (other->first != package && other->second.last > state.last) return true;
    }
    return false;
}

std::string shown(std::string_view state, std::string_view version) {
    return version.empty() ? std::string{state} : fmt::format("{} {}", state, version);
}

}  // namespace

Result<void> PackageState::apply(const EventView& event) {
    last = event.position;
    if (event.version == Version{1}) complete = event.type == install_started;
    if (event.type != status_changed) return {};
    std::string new_state;
    std::string new_version;
    if (!json_fault(event.data)) {
        for_each_member(event.data, [&](const JsonMember& member) {
            if (member.name == "state") new_state = json_string(member.value).value_or("");
            if (member.name == "version") new_version = json_string(member.value).value_or("");
            return true;
        });
    }
    if (new_state.empty()) {
        return Error{CliError::failed, fmt::format("position {}: {} without a state",
                                                   event.position.value, status_changed)};
    }
    state = std::move(new_state);
    version = new_version == no_version ? "" : std::move(new_version);
    return {};
}

InstalledPackages parse_installed(std::string_view lines) {
    InstalledPackages packages;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto first = line.find(' ');
        const auto last = line.rfind(' ');
        if (first == std::string_view::npos || first == last) continue;
        packages.insert_or_assign(
            std::string{line.substr(0, first)},
            InstalledPackage{.state = std::string{line.substr(last + 1)},
                             .version = std::string{line.substr(first + 1, last - first - 1)}});
    }
    return packages;
}

PackageComparison compare(const PackageStates& folded, const InstalledPackages& installed) {
    const InstalledPackage absent{.state = std::string{not_installed}, .version = {}};
    PackageComparison comparison;
    for (const auto& [package, state] : folded) {
        const auto found = installed.find(package);
        const auto& actual = found == installed.end() ? absent : found->second;
        const bool is_absent = actual.state == not_installed;
        const bool same = is_absent
                              ? state.state == not_installed ||
                                    moved_to_other_architecture(folded, package, state)
                              : state.state == actual.state && state.version == actual.version;
        if (same) {
            ++comparison.agree;
            continue;
        }
        auto& list = state.complete ? comparison.wrong : comparison.incomplete;
        list.push_back(fmt::format("{}: by its events {}, by dpkg {}", package,
                                   shown(state.state, state.version),
                                   shown(actual.state, actual.version)));
    }
    for (const auto& [package, actual] : installed) {
        if (actual.state != not_installed && !folded.contains(package)) ++comparison.not_in_log;
    }
    return comparison;
}

}  // namespace mainstem::cli
