// What the demonstration folds a package's stream into, and the comparison with what dpkg says.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/event/event.hpp>

namespace mainstem::cli {

/// A package as its history leaves it.
struct PackageState {
    std::string state = "not-installed";  ///< dpkg's word: installed, config-files, ...
    std::string version = {};             ///< empty if there is none
    bool complete = false;                ///< its history begins with an installation
    Position last;                        ///< of its last event

    /// The next event of its stream. Fails on an event that is none of dpkg's.
    Result<void> apply(const EventView& event);
};

/// A package as dpkg has it.
struct InstalledPackage {
    std::string state;
    std::string version;
};
using InstalledPackages = std::map<std::string, InstalledPackage, std::less<>>;
using PackageStates = std::map<std::string, PackageState, std::less<>>;

/// Lines of `dpkg-query -W -f '${Package}:${Architecture} ${Version} ${db:Status-Status}\n'`, by
/// `name:arch`. Other lines are left out.
[[nodiscard]] InstalledPackages parse_installed(std::string_view lines);

struct PackageComparison {
    std::uint64_t agree = 0;
    /// Packages with a complete history that is not what dpkg says, each with both: an error.
    std::vector<std::string> wrong;
    /// Packages whose history begins before the log and that differ: nobody can tell.
    std::vector<std::string> incomplete;
    /// Packages that dpkg has and the log never mentions.
    std::uint64_t not_in_log = 0;

    [[nodiscard]] std::uint64_t compared() const {
        return agree + wrong.size() + incomplete.size();
    }
};

/// A package that dpkg does not know is the same as one that is not installed. A package that went
/// over to another architecture leaves its old stream without a last word: it counts as gone.
[[nodiscard]] PackageComparison compare(const PackageStates& folded,
                                        const InstalledPackages& installed);

}  // namespace mainstem::cli
