// The flags of verbs that work on read models.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mainstem/projection/projection.hpp>
#include <mainstem/read_model/read_model.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

/// `--model FILE`, required.
void add_model(CLI::App& verb, std::string& address);

/// The read model of `--model`. One that is not there is an error, unless it may be made.
[[nodiscard]] Result<ReadModel> open_model(const std::string& address,
                                           ModelMode mode = ModelMode::existing);

/// The projection that is meant by the name of one that is stored, or by a TOML file: something
/// that ends with `.toml` or has a `/`. The error says what there is.
[[nodiscard]] Result<Projection> find_projection(const ReadModel& model, const std::string& what);
/// The name of one that is stored, however it is meant.
[[nodiscard]] Result<std::string> projection_name(const ReadModel& model, const std::string& what);
/// An error where the text would be a projection file but for its name.
[[nodiscard]] Result<void> check_file_name(const std::string& what);
/// Whether the text means a file.
[[nodiscard]] bool is_projection_file(const std::string& what);

/// The error for a `kind` of thing that the model does not have: it says which is meant, or what
/// there is.
[[nodiscard]] Error not_there(std::string_view kind, const std::string& name,
                              const std::vector<std::string>& names);

}  // namespace mainstem::cli
