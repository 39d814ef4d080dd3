// Parsing the command line, running one verb, and telling how it ended.
#include "cli/program.hpp"

#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/bench.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/messages.hpp"
#include "cli/model_damage.hpp"
#include "cli/output.hpp"
#include "cli/suggestion.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 conflict, 4 damaged data, 130 after Ctrl-C.\n"
    "`mainstem VERB --help` shows the flags of a verb and an example.";

int ended(ExitCode code) { return static_cast<int>(code); }

int fail(const Error& error) {
    say(with_remedy(error));
    return ended(exit_code_of(error));
}

int print(const std::string& text) {
    Output output;
    output.write(text);
    if (const auto flushed = output.flush(); !flushed) return fail(flushed.error());
    return ended(ExitCode::done);
}

std::vector<std::string> verb_names(const CLI::App& app) {
    const auto verbs = app.get_subcommands({});
    std::vector<std::string> names;
    names.reserve(verbs.size());
    for (const auto* const verb : verbs) names.push_back(verb->get_name());
    return names;
}

std::vector<std::string> flag_names(const CLI::App& verb) {
    std::vector<std::string> names;
    for (const auto* const option : verb.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

/// `what` is not among `choices`: says which there are, the one that was probably meant first.
std::string not_among(const std::string& what, std::string_view word, std::string_view kind,
                      const std::vector<std::string>& choices) {
    const auto meant = nearest(word, choices);
    return fmt::format("{}{}; the {} are {}", what,
                       meant ? fmt::format(", perhaps {} is meant", *meant) : "", kind,
                       fmt::join(choices, ", "));
}

/// The verb that was chosen, or a verb of that verb; the program itself if there is none.
const CLI::App& chosen(const CLI::App& app) {
    const auto verbs = app.get_subcommands();
    return verbs.empty() ? app : chosen(*verbs.front());
}

/// `append`, `bench append`; the program itself is `mainstem`.
std::string name_of(const CLI::App& verb) {
    const auto* const parent = verb.get_parent();
    const bool has_parent_verb = parent != nullptr && parent->get_parent() != nullptr;
    return has_parent_verb ? name_of(*parent) + ' ' + verb.get_name() : verb.get_name();
}

/// What CLI11 says, but for its words about a flag that was given twice.
std::string in_plain_words(const CLI::ParseError& error) {
    std::string what = error.what();
    const auto at = what.find(": At Most 1 required");
    return at == std::string::npos ? what : what.substr(0, at) + " can be given only once";
}

std::string usage_message(const CLI::App& program, const CLI::ParseError& error) {
    const auto& verb = chosen(program);
    const auto unknown = verb.remaining();
    if (!unknown.empty()) {
        const auto& first = unknown.front();
        const bool is_flag = first.starts_with("-");
        if (!is_flag && !verb_names(verb).empty()) {
            return not_among(fmt::format("{} is no verb", in_quotes(first)), first, "verbs",
                             verb_names(verb));
        }
        const auto what = fmt::format("{} does not take {}", name_of(verb), in_quotes(first));
        return not_among(what, first.substr(0, first.find('=')), "flags", flag_names(verb));
    }
    if (!verb_names(verb).empty()) {
        return fmt::format("{} needs a verb; the verbs are {}", name_of(verb),
                           fmt::join(verb_names(verb), ", "));
    }
    return fmt::format("{}; `mainstem {} --help` shows what there is", in_plain_words(error),
                       name_of(verb));
}

void add_all(CLI::App& program, Action& action) {
    add_append(program, action);
    add_bench(program, action);
    add_collection(program, action);
    add_demo(program, action);
    add_import(program, action);
    add_index(program, action);
    add_projection(program, action);
    add_query(program, action);
    add_read(program, action);
    add_stats(program, action);
    add_streams(program, action);
    add_tail(program, action);
    add_verify(program, action);
}

int parse_and_run(int argument_count, const char* const* arguments) {
    CLI::App program{"Mainstem: an event store in a directory", "mainstem"};
    program.set_version_flag("--version", "mainstem " MAINSTEM_VERSION);
    program.formatter(std::make_shared<HelpFormatter>());
    program.require_subcommand(1);
    program.footer(exit_codes);
    Action action;
    add_all(program, action);
    if (argument_count < 2) {
        static_cast<void>(std::fputs(program.help().c_str(), stderr));
        return ended(ExitCode::usage);
    }
    try {
        program.parse(argument_count, arguments);
    } catch (const CLI::CallForHelp&) {
        return print(program.help());
    } catch (const CLI::CallForVersion& version) {
        return print(std::string{version.what()} + '\n');
    } catch (const CLI::ParseError& error) {
        return fail(wrong_usage(usage_message(program, error)));
    }
    const auto done = action();
    return done ? ended(ExitCode::done) : fail(done.error());
}

}  // namespace

int run_program(int argument_count, const char* const* arguments) {
    take_signals();
    try {
        return parse_and_run(argument_count, arguments);
    } catch (const std::bad_alloc&) {
        return fail({CliError::failed, "out of memory"});
    } catch (const std::exception& failure) {
        return fail({CliError::failed, failure.what()});
    }
}

}  // namespace mainstem::cli
