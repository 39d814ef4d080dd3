// `projection rebuild`, `verify` and `dead-letters --replay`: they lead while they work.
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/projection/verify.hpp>

#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/model_options.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/projection_verbs.hpp"
#include "cli/projection_watch.hpp"
#include "cli/temporary_folder.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// What `rebuild`, `verify` and the replay of dead letters work on.
struct Subject {
    Store store;
    ReadModel model;
    Projection projection;
};

Result<Subject> open_subject(const ProjectionOptions& options) {
    auto store = open_for_reading(options.store);
    if (!store) return store.error();
    auto model = open_model(options.model);
    if (!model) return model.error();
    auto projection = find_projection(*model, options.what);
    if (!projection) return projection.error();
    return Subject{*std::move(store), *std::move(model), *std::move(projection)};
}

Result<ProjectionRunner> start(const Subject& subject, const ProjectionOptions& options) {
    return ProjectionRunner::start(subject.store, subject.model, {subject.projection},
                                   runner_options(options));
}

}  // namespace

Result<void> rebuild_projection(const ProjectionOptions& options) {
    auto subject = open_subject(options);
    if (!subject) return subject.error();
    const auto& name = subject->projection.declaration.name;
    auto runner = start(*subject, options);
    if (!runner) return runner.error();
    if (auto begun = runner->rebuild(name); !begun) {
        if (begun.error() != ProjectionError::leads) return begun;
        return Error{ProjectionError::leads,
                     fmt::format("{}; end it with mainstem projection stop {} --model {}",
                                 begun.error().message(), name, options.model)};
    }
    const auto ended = watch(*runner, subject->store, options, true);
    if (!ended) return ended.error();
    return finished(options, *ended, true);
}

Result<void> replay_dead_letters(const ProjectionOptions& options) {
    if (options.store.address.empty()) return wrong_usage("--replay needs --store, too");
    auto subject = open_subject(options);
    if (!subject) return subject.error();
    const auto& name = subject->projection.declaration.name;
    auto runner = start(*subject, options);
    if (!runner) return runner.error();
    const auto applied = runner->replay_dead_letters(name);
    if (!applied) return applied.error();
    return write_result(options.format == Format::jsonl
                            ? JsonObject{}.number("applied", *applied).str() + '\n'
                            : fmt::format("applied {}\n", counted(*applied, "dead letter")));
}

Result<void> verify_documents(const ProjectionOptions& options) {
    const auto subject = open_subject(options);
    if (!subject) return subject.error();
    auto folder = TemporaryFolder::create();
    if (!folder) return folder.error();
    const auto scratch = ReadModel::open(folder->path() + "/expected.sqlite");
    if (!scratch) return scratch.error();
    Progress progress{"verify", "event"};
    const auto verified = verify_projection(subject->store, subject->model, subject->projection,
                                            *scratch, {.progress = [&](Position at, Position end) {
                                                progress.set_total(end.value);
                                                progress.update(at.value, at.value);
                                                return !interrupt_requested();
                                            }});
    progress.clear();
    if (interrupt_requested()) return interrupted("interrupted; nothing was compared");
    if (!verified) return verified.error();
    for (const auto& each : verified->differences) {
        say(fmt::format("{} {}: stored {} (version {}), expected {} (version {})", each.collection,
                        in_quotes(each.id), each.stored.empty() ? "nothing" : each.stored,
                        each.stored_version.value,
                        each.expected.empty() ? "nothing" : each.expected,
                        each.expected_version.value));
    }
    if (verified->different > 0) {
        return Error{ProjectionError::differs,
                     fmt::format("{} of {} are not what the events make of them; mainstem "
                                 "projection rebuild makes them anew",
                                 verified->different, counted(verified->documents, "document"))};
    }
    return write_result(
        options.format == Format::jsonl
            ? JsonObject{}
                      .number("position", verified->position.value)
                      .number("events", verified->events)
                      .number("documents", verified->documents)
                      .str() +
                  '\n'
            : fmt::format("compared {} with a fold of {}, up to position {}: no difference\n",
                          counted(verified->documents, "document"),
                          counted(verified->events, "event"), verified->position.value));
}

}  // namespace mainstem::cli
