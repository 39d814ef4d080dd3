// `projection rebuild`, `verify` and `dead-letters --replay`: they lead while they work.
#include <chrono>
#include <string>
#include <thread>
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

using namespace std::chrono_literals;

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

/// How often, and for how long, it is looked whether a process that was told to stop has ended.
constexpr auto look_again = 50ms;
constexpr auto patience = 10s;

Error led_elsewhere(const ProjectionOptions& options, const std::string& name) {
    return {ProjectionError::leads,
            fmt::format("projection {} is run by another process; end it with mainstem projection "
                        "stop {} --model {}",
                        in_quotes(name), name, options.model)};
}

/// Who asks for work on a projection wants it to run, as with `run`. A process that was told to
/// stop must have ended before that is taken back, or it would never know.
Result<void> take_back_stop(const Subject& subject) {
    auto& model = *subject.model.store();
    const auto& name = subject.projection.declaration.name;
    const auto record = model.projection(name);
    if (!record || record->wish != ProjectionWish::stop) return {};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!interrupt_requested()) {
        const auto lead = model.try_lead(name);
        if (!lead) return lead.error();
        if (*lead) return model.wish(name, ProjectionWish::run);
        if (std::chrono::steady_clock::now() > deadline) {
            return Error{ProjectionError::leads,
                         fmt::format("projection {} was told to stop, but another process still "
                                     "runs it; try again when that has ended",
                                     in_quotes(name))};
        }
        std::this_thread::sleep_for(look_again);
    }
    return interrupted("interrupted; nothing was done");
}

Result<ProjectionRunner> start(const Subject& subject, const ProjectionOptions& options) {
    if (auto done = take_back_stop(subject); !done) return done.error();
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
    const auto& model = *subject->model.store();
    const auto before = model.projection(name);
    if (!before) return before.error();
    if (auto begun = runner->rebuild(name); !begun) {
        if (begun.error() != ProjectionError::leads) return begun;
        return led_elsewhere(options, name);
    }
    const auto ended = watch(*runner, subject->store, options, true);
    if (!ended) return ended.error();
    const auto after = model.projection(name);
    if (!after) return after.error();
    if (ended->reached && after->generation == before->generation) {
        return Error{
            ProjectionError::stopped,
            fmt::format("projection {} was not rebuilt, its documents are as before: {}; "
                        "correct the file, or set such events aside with --on-failure skip",
                        in_quotes(name), ended->status.failure)};
    }
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
    if (!applied) {
        const bool led = applied.error() == ProjectionError::leads;
        return led ? led_elsewhere(options, name) : applied.error();
    }
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
    if (!verified) {
        const bool led = verified.error() == ProjectionError::leads;
        return led ? led_elsewhere(options, subject->projection.declaration.name)
                   : verified.error();
    }
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
