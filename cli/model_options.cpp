// What --model and the names of projections mean, with the words of the command line.
#include "cli/model_options.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/exit_code.hpp"
#include "cli/projection_file.hpp"
#include "cli/suggestion.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// Whether there is a file that is neither empty nor a database, so that it can be no model.
bool is_no_database(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    constexpr std::string_view magic{"SQLite format 3\0", 16};
    std::string head(magic.size(), ' ');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    return in.gcount() > 0 && head != magic;
}

std::vector<std::string> names_of(const std::vector<ProjectionRecord>& all) {
    std::vector<std::string> names;
    for (const auto& record : all) {
        if (record.serving) names.push_back(record.declaration.name);
    }
    return names;
}

}  // namespace

bool is_projection_file(const std::string& what) {
    return what.ends_with(".toml") || what.find('/') != std::string::npos;
}

Result<void> check_file_name(const std::string& what) {
    std::error_code unknown;
    if (is_projection_file(what) || !what.contains('.') ||
        !std::filesystem::is_regular_file(what, unknown)) {
        return {};
    }
    return Error{CliError::failed,
                 fmt::format("{} is a file, but no projection file by its name; that ends in .toml",
                             in_quotes(what))};
}

Error not_there(std::string_view kind, const std::string& name,
                const std::vector<std::string>& names) {
    std::string hint = "; the model has none";
    if (const auto meant = nearest(name, names)) {
        hint = fmt::format(", perhaps {} is meant", *meant);
    } else if (!names.empty()) {
        hint = fmt::format("; there are {}", fmt::join(names, ", "));
    }
    return {ReadModelError::not_found,
            fmt::format("there is no {} {}{}", kind, in_quotes(name), hint)};
}

void add_model(CLI::App& verb, std::string& address) {
    add_required_text(
        verb, {.name = "--model", .help = "The file of the read model", .takes = "FILE"}, address);
}

Result<ReadModel> open_model(const std::string& address, ModelMode mode) {
    if (address == "memory:") {
        return wrong_usage("a read model in memory ends with the program; name a file");
    }
    const auto path = address.starts_with("file:") ? address.substr(5) : address;
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) {
        return Error{ReadModelError::invalid,
                     fmt::format("{} is a directory; name a file", in_quotes(address))};
    }
    auto model = ReadModel::open(address, {.mode = mode});
    if (model) return model;
    if (model.error() == ReadModelError::damaged && is_no_database(path)) {
        return Error{ReadModelError::damaged,
                     fmt::format("{} is no read model; name another file", in_quotes(address))};
    }
    if (model.error() != ReadModelError::not_found || mode == ModelMode::create) return model;
    return Error{ReadModelError::not_found,
                 fmt::format("no read model at {}; mainstem projection run FILE.toml makes one",
                             in_quotes(address))};
}

Result<Projection> find_projection(const ReadModel& model, const std::string& what) {
    if (is_projection_file(what)) return load_projection(what);
    if (auto named = check_file_name(what); !named) return named.error();
    const auto all = model.projections();
    if (!all) return all.error();
    for (const auto& record : *all) {
        if (!record.serving || record.declaration.name != what) continue;
        if (record.declaration.definition.empty()) {
            return Error{CliError::failed,
                         fmt::format("projection {} is part of a program; that program runs it",
                                     in_quotes(what))};
        }
        auto file = parse_projection_file(record.declaration.definition, what);
        if (!file) return std::move(file).error();
        return projection_of(*std::move(file));
    }
    return not_there("projection", what, names_of(*all));
}

Result<std::string> projection_name(const ReadModel& model, const std::string& what) {
    if (auto named = check_file_name(what); !named) return named.error();
    auto name = what;
    if (is_projection_file(what)) {
        auto projection = load_projection(what);
        if (!projection) return std::move(projection).error();
        name = projection->declaration.name;
    }
    const auto all = model.projections();
    if (!all) return all.error();
    const auto names = names_of(*all);
    if (std::ranges::find(names, name) == names.end()) return not_there("projection", name, names);
    return name;
}

}  // namespace mainstem::cli
