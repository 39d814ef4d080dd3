// A history of packages, made up, for machines without dpkg's log: the same lines, and what dpkg
// would say at their end. Pure: one seed, one history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/package_state.hpp"

namespace mainstem::cli {

struct GeneratedHistory {
    std::vector<std::string> lines;
    InstalledPackages installed;
};

/// About `least_lines` lines: installations, upgrades, removals and purges of many packages.
[[nodiscard]] GeneratedHistory generate_history(std::uint64_t seed, std::size_t least_lines);

}  // namespace mainstem::cli
