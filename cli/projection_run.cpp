// `projection run`: what a file declares is declared to the model, and kept up to date.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/model_options.hpp"
#include "cli/open_store.hpp"
#include "cli/projection_file.hpp"
#include "cli/projection_verbs.hpp"
#include "cli/projection_watch.hpp"

namespace mainstem::cli {
namespace {

/// Documents that were made by other rules would go on by these: that wants another version.
Result<void> check_rules(const ReadModel& model, const Projection& projection,
                         const std::string& file) {
    const auto& wanted = projection.declaration;
    const auto stored = model.store()->projection(wanted.name);
    if (!stored || stored->position == Position{}) return {};
    const auto& before = stored->declaration;
    if (before.version != wanted.version || before.definition == wanted.definition) return {};
    const auto then = parse_projection_file(before.definition, wanted.name);
    const auto now = parse_projection_file(wanted.definition, wanted.name);
    if (then && now && same_fold(*then, *now)) return {};
    return Error{ProjectionError::invalid,
                 fmt::format("{}: its rules are not those that the documents were made by; write "
                             "version = {}, so that they are made anew",
                             file, wanted.version + 1)};
}

}  // namespace

Result<void> run_projection(const ProjectionOptions& options) {
    const bool from_file = is_projection_file(options.what);
    // A file that is wrong makes no model.
    if (from_file) {
        if (const auto good = load_projection(options.what); !good) return good.error();
    }
    auto store = open_for_reading(options.store);
    if (!store) return store.error();
    const auto model =
        open_model(options.model, from_file ? ModelMode::create : ModelMode::existing);
    if (!model) return model.error();
    auto projection = find_projection(*model, options.what);
    if (!projection) return projection.error();
    if (auto same = check_rules(*model, *projection, options.what); !same) return same;
    const auto name = projection->declaration.name;
    auto declared = model->store()->declare(projection->declaration);
    if (!declared) return declared.error();
    if (declared->wish == ProjectionWish::stop) {
        if (auto done = model->store()->wish(name, ProjectionWish::run); !done) return done;
    }
    std::vector<Projection> all;
    all.push_back(*std::move(projection));
    const auto runner =
        ProjectionRunner::start(*store, *model, std::move(all), runner_options(options));
    if (!runner) return runner.error();
    const auto ended = watch(*runner, *store, options, options.once);
    if (!ended) return ended.error();
    return finished(options, *ended, options.once);
}

}  // namespace mainstem::cli
