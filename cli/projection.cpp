// The verb `projection`: runs what a TOML file declares, and shows and steers what is run.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/time_text.hpp>
#include <mainstem/projection/runner.hpp>
#include <mainstem/projection/verify.hpp>

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/model_options.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/projection_file.hpp"
#include "cli/table.hpp"
#include "cli/temporary_folder.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

struct ProjectionOptions {
    StoreArguments store;
    std::string model;
    std::string what;  ///< a name or a TOML file
    bool once = false;
    bool replay = false;
    std::uint64_t retries = 0;
    OnFailure on_failure = OnFailure::stop;
    Format format = Format::table;
};

/// How often a person is shown how far it is.
constexpr auto glance = 100ms;
/// Who stands by for longer does so because another process leads.
constexpr int glances_till_told = 10;

std::string_view state_of(const ProjectionRecord& record) {
    if (!record.serving) return "building";
    if (!record.failure.empty()) return "failed";
    switch (record.wish) {
        case ProjectionWish::run: return "run";
        case ProjectionWish::pause: return "paused";
        case ProjectionWish::stop: return "stopped";
    }
    return "run";
}

std::string as_line(const ProjectionRecord& record) {
    JsonObject line;
    line.text("projection", record.declaration.name)
        .number("version", record.declaration.version)
        .text("state", state_of(record))
        .number("position", record.position.value)
        .number("dead_letters", record.dead_letters);
    if (!record.failure.empty()) line.text("failure", record.failure);
    return line.str() + '\n';
}

Result<void> list(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto all = model->projections();
    if (!all) return all.error();
    Output output;
    if (options.format == Format::jsonl) {
        for (const auto& record : *all) output.write(as_line(record));
        return output.flush();
    }
    Table table{output,
                {{"PROJECTION"},
                 {"VERSION", Align::right},
                 {"STATE"},
                 {"POSITION", Align::right},
                 {"DEAD LETTERS", Align::right}}};
    for (const auto& record : *all) {
        table.add({record.declaration.name, fmt::format("{}", record.declaration.version),
                   std::string{state_of(record)}, fmt::format("{}", record.position.value),
                   fmt::format("{}", record.dead_letters)});
    }
    table.finish();
    return output.flush();
}

Result<void> status(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    const auto record = model->store()->projection(*name);
    if (!record) return record.error();
    std::optional<std::uint64_t> lag;
    if (!options.store.address.empty()) {
        const auto store = open_for_reading(options.store);
        if (!store) return store.error();
        const auto head = store->head();
        if (!head) return head.error();
        lag = head->value - std::min(head->value, record->position.value);
    }
    if (options.format == Format::jsonl) {
        auto line = as_line(*record);
        if (lag) line.insert(line.size() - 2, fmt::format(",\"lag_events\":{}", *lag));
        return write_result(line);
    }
    Listing listing;
    listing.add("projection", record->declaration.name);
    listing.add("version", fmt::format("{}", record->declaration.version));
    listing.add("state", state_of(*record));
    listing.add("position", fmt::format("{}", record->position.value));
    if (lag) listing.add("behind the store", counted(*lag, "event"));
    for (const auto& collection : record->declaration.collections) {
        listing.add("collection", collection.name);
    }
    listing.add("dead letters", fmt::format("{}", record->dead_letters));
    if (!record->failure.empty()) listing.add("failure", record->failure);
    return write_result(listing.text());
}

Result<void> wish(const ProjectionOptions& options, ProjectionWish wish, std::string_view done) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    if (auto wished = model->store()->wish(*name, wish); !wished) return wished;
    return write_result(fmt::format("{} {}\n", *name, done));
}

/// Shows how far a runner is until it has caught up, has stopped, or is interrupted.
Result<ProjectionStatus> watch(const ProjectionRunner& runner, const Store& store, bool once) {
    Progress progress{"projection", "event"};
    bool told = false;
    int glances = 0;
    while (true) {
        const auto head = store.head();
        if (!head) return head.error();
        auto now = runner.status().front();
        if (now.state == ProjectionState::paused && !std::exchange(told, true)) {
            say(fmt::format("{} is paused; mainstem projection resume {} lets it go on",
                            in_quotes(now.name), now.name));
        }
        if (now.state == ProjectionState::standing_by && ++glances == glances_till_told) {
            say(fmt::format("another process runs {}; this one goes on when that ends",
                            in_quotes(now.name)));
        }
        const auto at = now.building ? now.built : now.position;
        progress.set_total(head->value);
        progress.update(now.events, at.value);
        if (now.state == ProjectionState::stopped || interrupt_requested()) return now;
        if (once && !now.building && now.position >= *head) return now;
        if (runner.wait_stopped(glance)) return runner.status().front();
        if (once) static_cast<void>(runner.wait_until(*head, glance));
    }
}

Result<void> finished(const ProjectionOptions& options, const ProjectionStatus& status) {
    if (status.state == ProjectionState::stopped && !status.failure.empty()) {
        return Error{ProjectionError::stopped,
                     fmt::format("projection {} stopped at position {}: {}; correct the file, or "
                                 "set such events aside with --on-failure skip",
                                 in_quotes(status.name), status.position.value, status.failure)};
    }
    if (status.set_aside > 0) {
        say(fmt::format("{} set aside; mainstem projection dead-letters {} --model {} shows them",
                        counted(status.set_aside, "event"), status.name, options.model));
    }
    return write_result(options.format == Format::jsonl
                            ? JsonObject{}
                                      .text("projection", status.name)
                                      .number("position", status.position.value)
                                      .number("events", status.events)
                                      .number("set_aside", status.set_aside)
                                      .str() +
                                  '\n'
                            : fmt::format("{} is at position {}; {} read\n", status.name,
                                          status.position.value, counted(status.events, "event")));
}

RunnerOptions runner_options(const ProjectionOptions& options) {
    RunnerOptions runner;
    runner.on_failure.retries = static_cast<std::uint32_t>(options.retries);
    runner.on_failure.then = options.on_failure;
    return runner;
}

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

Result<void> run(const ProjectionOptions& options) {
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
    const auto ended = watch(*runner, *store, options.once);
    if (!ended) return ended.error();
    return finished(options, *ended);
}

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

Result<void> rebuild(const ProjectionOptions& options) {
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
    const auto ended = watch(*runner, subject->store, true);
    if (!ended) return ended.error();
    if (interrupt_requested()) {
        return interrupted(fmt::format("interrupted at position {}; the same command goes on there",
                                       ended->built.value));
    }
    return finished(options, *ended);
}

Result<void> dead_letters(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    Output output;
    Table table{output, {{"POSITION", Align::right}, {"SET ASIDE"}, {"ERROR"}}};
    Position after;
    while (output.wanted()) {
        const auto letters = model->store()->dead_letters(*name, after, 1'000);
        if (!letters) return letters.error();
        if (letters->empty()) break;
        for (const auto& letter : *letters) {
            after = letter.position;
            if (options.format == Format::jsonl) {
                output.write(JsonObject{}
                                 .number("position", letter.position.value)
                                 .text("at", to_rfc3339(letter.at))
                                 .text("error", letter.error)
                                 .str() +
                             '\n');
            } else {
                table.add({fmt::format("{}", letter.position.value), to_rfc3339(letter.at),
                           letter.error});
            }
        }
    }
    if (options.format == Format::table) table.finish();
    return output.flush();
}

Result<void> replay(const ProjectionOptions& options) {
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

Result<void> verify(const ProjectionOptions& options) {
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

/// Steers a projection in whatever process runs it.
struct Steering {
    const char* verb;
    const char* help;
    ProjectionWish wish;
    const char* done;
};
constexpr std::array<Steering, 4> steerings{
    {{"start", "Let a projection that was stopped run again", ProjectionWish::run, "may run again"},
     {"stop", "End the run of a projection after the batch in hand", ProjectionWish::stop,
      "is told to stop"},
     {"pause", "Let a projection wait after the batch in hand", ProjectionWish::pause,
      "is told to pause"},
     {"resume", "Let a projection that was paused go on", ProjectionWish::run,
      "is told to go on"}}};

using OptionsPtr = std::shared_ptr<ProjectionOptions>;

void add_name(CLI::App& verb, const OptionsPtr& options) {
    add_argument(verb, "NAME", "The name of a projection, or the TOML file that declares it",
                 options->what);
}

void add_on_failure(CLI::App& verb, const OptionsPtr& options) {
    add_choice(verb,
               {.name = "--on-failure",
                .help = "What becomes of an event that cannot be applied: the run stops there, or "
                        "the event is set aside",
                .takes = "stop|skip",
                .standard = "stop"},
               "stop, skip", [options](const std::string& text) {
                   options->on_failure = text == "skip" ? OnFailure::skip : OnFailure::stop;
                   return text == "skip" || text == "stop";
               });
    add_number(verb, {.name = "--retries", .help = "Try such an event again so often before that"},
               options->retries, {.most = 1'000'000});
}

void add_steering(CLI::App& projection, const OptionsPtr& options, Action& action) {
    for (const auto& steering : steerings) {
        auto& verb = add_verb(
            projection, steering.verb, steering.help,
            fmt::format("  mainstem projection {} packages --model model.sqlite", steering.verb));
        add_name(verb, options);
        add_model(verb, options->model);
        set_action(verb, action,
                   [options, steering] { return wish(*options, steering.wish, steering.done); });
    }
}

void add_run(CLI::App& projection, const OptionsPtr& options, Action& action) {
    auto& verb =
        add_verb(projection, "run", "Keep a read model up to date, as a TOML file declares it",
                 "  mainstem projection run packages.toml --store orders --model "
                 "model.sqlite --once");
    add_argument(verb, "FILE", "The TOML file, or the name of a projection that was run from one",
                 options->what);
    add_store(verb, options->store);
    add_model(verb, options->model);
    add_switch(verb, {.name = "--once", .help = "End when all events of the store are applied"},
               options->once);
    add_on_failure(verb, options);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return run(*options); });
}

void add_list(CLI::App& projection, const OptionsPtr& options, Action& action) {
    auto& all = add_verb(projection, "list", "List the projections of a read model",
                         "  mainstem projection list --model model.sqlite");
    add_model(all, options->model);
    add_format(all, options->format);
    set_action(all, action, [options] { return list(*options); });
    auto& one = add_verb(projection, "status", "Show one projection, and how far it is",
                         "  mainstem projection status packages --model model.sqlite");
    add_name(one, options);
    add_model(one, options->model);
    add_optional_store(one, options->store);
    add_format(one, options->format);
    set_action(one, action, [options] { return status(*options); });
}

void add_repairs(CLI::App& projection, const OptionsPtr& options, Action& action) {
    auto& anew = add_verb(projection, "rebuild",
                          "Make the documents anew from all events, beside those that are served",
                          "  mainstem projection rebuild packages --store orders --model "
                          "model.sqlite");
    add_name(anew, options);
    add_store(anew, options->store);
    add_model(anew, options->model);
    add_on_failure(anew, options);
    add_format(anew, options->format);
    set_action(anew, action, [options] { return rebuild(*options); });

    auto& check = add_verb(projection, "verify",
                           "Fold all events again and compare with the documents, byte for byte",
                           "  mainstem projection verify packages --store orders --model "
                           "model.sqlite");
    add_name(check, options);
    add_store(check, options->store);
    add_model(check, options->model);
    add_format(check, options->format);
    set_action(check, action, [options] { return verify(*options); });

    auto& letters = add_verb(projection, "dead-letters",
                             "Show the events that were set aside, or apply them again",
                             "  mainstem projection dead-letters packages --model model.sqlite");
    add_name(letters, options);
    add_model(letters, options->model);
    add_optional_store(letters, options->store);
    add_switch(letters, {.name = "--replay", .help = "Apply them again; needs --store"},
               options->replay);
    add_format(letters, options->format);
    set_action(letters, action,
               [options] { return options->replay ? replay(*options) : dead_letters(*options); });
}

}  // namespace

void add_projection(CLI::App& program, Action& action) {
    const auto options = std::make_shared<ProjectionOptions>();
    auto& projection = add_verb(program, "projection", "Turn events into a read model",
                                "  mainstem projection run packages.toml --store orders --model "
                                "model.sqlite");
    require_verb(projection);
    add_run(projection, options, action);
    add_list(projection, options, action);
    add_steering(projection, options, action);
    add_repairs(projection, options, action);
}

}  // namespace mainstem::cli
