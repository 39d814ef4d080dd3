// What --model and the names of projections mean, with the words of the command line.
#include "cli/model_options.hpp"

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

bool is_file(const std::string& what) {
    return what.ends_with(".toml") || what.find('/') != std::string::npos;
}

}  // namespace

void add_model(CLI::App& verb, std::string& address) {
    add_required_text(
        verb, {.name = "--model", .help = "The file of the read model", .takes = "FILE"}, address);
}

Result<ReadModel> open_model(const std::string& address, ModelMode mode) {
    if (address == "memory:") {
        return wrong_usage("a read model in memory ends with the program; name a file");
    }
    auto model = ReadModel::open(address, {.mode = mode});
    if (model || model.error() != ReadModelError::not_found) return model;
    return Error{
        ReadModelError::not_found,
        fmt::format("no read model at {}; mainstem projection run makes one", in_quotes(address))};
}

Result<Projection> find_projection(const ReadModel& model, const std::string& what) {
    if (is_file(what)) return load_projection(what);
    const auto all = model.projections();
    if (!all) return all.error();
    std::vector<std::string> names;
    for (const auto& record : *all) {
        if (!record.serving) continue;
        names.push_back(record.declaration.name);
        if (record.declaration.name != what) continue;
        if (record.declaration.definition.empty()) {
            return Error{CliError::failed,
                         fmt::format("projection {} is part of a program; that program runs it",
                                     in_quotes(what))};
        }
        auto file = parse_projection_file(record.declaration.definition, what);
        if (!file) return std::move(file).error();
        return projection_of(*std::move(file));
    }
    const auto meant = nearest(what, names);
    return Error{
        ReadModelError::not_found,
        fmt::format("there is no projection {}{}", in_quotes(what),
                    meant           ? fmt::format(", perhaps {} is meant", *meant)
                    : names.empty() ? std::string{"; the model has none"}
                                    : fmt::format("; there are {}", fmt::join(names, ", ")))};
}

Result<std::string> projection_name(const std::string& what) {
    if (!is_file(what)) return what;
    auto projection = load_projection(what);
    if (!projection) return std::move(projection).error();
    return projection->declaration.name;
}

}  // namespace mainstem::cli
