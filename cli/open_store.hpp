// Opening the store that the arguments name, with the words of the command line when it fails.
#pragma once

#include <string>

#include <mainstem/store/store.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

/// For writing; made if it does not exist, unless `mode` is OpenMode::existing. What opening
/// repaired is said on stderr.
[[nodiscard]] Result<Store> open_for_writing(const StoreArguments& arguments,
                                             OpenMode mode = OpenMode::create);

/// For reading only; changes nothing. With `up_to_damage`, a damaged store is served as far as it
/// is whole.
[[nodiscard]] Result<Store> open_for_reading(const StoreArguments& arguments,
                                             bool up_to_damage = false);

/// The error for an address without a store.
[[nodiscard]] Error no_store(const std::string& address);

}  // namespace mainstem::cli
