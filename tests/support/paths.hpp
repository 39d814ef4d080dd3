// Where this build found the source tree and put the program, so that tests find golden files and
// can start real processes, whatever folder they run in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mainstem::support {

/// The root of the source tree.
[[nodiscard]] std::filesystem::path source_folder();

/// The program `mainstem` of the same build.
[[nodiscard]] std::filesystem::path program();

/// A file of data that is not part of this tree, in the folder that MAINSTEM_TRIAL_DATA names;
/// nullopt if it is not there. Tests that need one are skipped then, and say `no_trial_data`.
[[nodiscard]] std::optional<std::filesystem::path> trial_data(const std::string& name);
inline constexpr auto no_trial_data =
    "set MAINSTEM_TRIAL_DATA to a folder with receipt.csv to run this";

}  // namespace mainstem::support
