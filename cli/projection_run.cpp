// `projection run`: what a file declares is declared to the model, and kept up to date.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/messages.hpp"
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

Result<bool> any_event(const Store& store, const EventQuery& query) {
    auto cursor = store.read_all({.query = query, .limit = 1});
    const auto* const event = cursor.next();
    if (event == nullptr) return false;
    if (!*event) return event->error();
    return true;
}

/// Types that no event has are perhaps misspelt: the first run names them, a later one says so
/// where nothing ever matched.
Result<void> tell_of_nothing(const Store& store, const EventQuery& filter, bool first,
                             const ProjectionStatus& status) {
    if (filter.items.empty() || status.position == Position{}) return {};
    std::vector<EventQuery> queries;
    if (!first && status.events == 0) queries.push_back(filter);
    for (const auto& item : filter.items) {
        for (const auto& type : item.types) {
            if (first) queries.emplace_back(QueryItem{.types = {type}});
        }
    }
    for (const auto& query : queries) {
        const auto any = any_event(store, query);
        if (!any) return any.error();
        if (!*any) say(fmt::format("no event of the store matches {}", to_string(query)));
    }
    return {};
}

}  // namespace

Result<void> run_projection(const ProjectionOptions& options) {
    if (auto named = check_file_name(options.what); !named) return named;
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
    const auto filter = projection->filter;
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
    if (options.once && ended->reached) {
        const bool first = declared->position == Position{};
        if (auto told = tell_of_nothing(*store, filter, first, ended->status); !told) return told;
    }
    return finished(options, *ended, options.once);
}

}  // namespace mainstem::cli
