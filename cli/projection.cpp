// The verb `projection`: runs what a TOML file declares, and shows and steers what is run.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/model_options.hpp"
#include "cli/output.hpp"
#include "cli/projection_verbs.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

/// Steers a projection in whatever process runs it.
struct Steering {
    const char* verb;
    const char* help;
    ProjectionWish wish;
    const char* done;
    bool starts = false;  ///< one may think that it is run now
};
constexpr std::array<Steering, 4> steerings{
    {{"start", "Let a projection that was stopped run again", ProjectionWish::run, "may run again",
      true},
     {"stop", "End the run of a projection after the batch in hand", ProjectionWish::stop,
      "is told to stop"},
     {"pause", "Let a projection wait after the batch in hand", ProjectionWish::pause,
      "is told to pause"},
     {"resume", "Let a projection that was paused go on", ProjectionWish::run,
      "is told to go on"}}};

/// Nothing is run by it: whoever wants that has to be told how.
std::string hint_to_run(const ProjectionRecord& record, const std::string& model) {
    if (record.declaration.definition.empty()) return "; the program that it is part of runs it";
    return fmt::format("; mainstem projection run {} --store STORE --model {} runs it",
                       record.declaration.name, model);
}

Result<void> steer(const ProjectionOptions& options, const Steering& steering) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    const auto record = model->store()->projection(*name);
    if (!record) return record.error();
    if (auto wished = model->store()->wish(*name, steering.wish); !wished) return wished;
    const auto hint = steering.starts ? hint_to_run(*record, options.model) : std::string{};
    return write_result(fmt::format("{} {}{}\n", *name, steering.done, hint));
}

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
        set_action(verb, action, [options, steering] { return steer(*options, steering); });
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
    set_action(verb, action, [options] { return run_projection(*options); });
}

void add_list(CLI::App& projection, const OptionsPtr& options, Action& action) {
    auto& all = add_verb(projection, "list", "List the projections of a read model",
                         "  mainstem projection list --model model.sqlite");
    add_model(all, options->model);
    add_format(all, options->format);
    set_action(all, action, [options] { return list_projections(*options); });
    auto& one = add_verb(projection, "status", "Show one projection, and how far it is",
                         "  mainstem projection status packages --model model.sqlite");
    add_name(one, options);
    add_model(one, options->model);
    add_optional_store(one, options->store);
    add_format(one, options->format);
    set_action(one, action, [options] { return show_projection(*options); });
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
    set_action(anew, action, [options] { return rebuild_projection(*options); });

    auto& check = add_verb(projection, "verify",
                           "Fold all events again and compare with the documents, byte for byte",
                           "  mainstem projection verify packages --store orders --model "
                           "model.sqlite");
    add_name(check, options);
    add_store(check, options->store);
    add_model(check, options->model);
    add_format(check, options->format);
    set_action(check, action, [options] { return verify_documents(*options); });

    auto& letters = add_verb(projection, "dead-letters",
                             "Show the events that were set aside, or apply them again",
                             "  mainstem projection dead-letters packages --model model.sqlite");
    add_name(letters, options);
    add_model(letters, options->model);
    add_optional_store(letters, options->store);
    add_switch(letters, {.name = "--replay", .help = "Apply them again; needs --store"},
               options->replay);
    add_format(letters, options->format);
    set_action(letters, action, [options] {
        return options->replay ? replay_dead_letters(*options) : show_dead_letters(*options);
    });
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
