// Flags on top of CLI11. Values are taken as texts and checked here, since CLI11 takes 010 for
// eight and words its complaints for programmers.
#include "cli/arguments.hpp"

#include <utility>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

[[noreturn]] void refuse(const std::string& flag, const std::string& value,
                         const std::string& choices) {
    throw CLI::ValidationError(
        fmt::format("{} cannot be {}; it takes {}", flag, in_quotes(value), choices));
}

std::string range_text(NumberRange range) {
    if (range.most == NumberRange{}.most) {
        return fmt::format("a whole number, at least {}", range.least);
    }
    return fmt::format("a whole number from {} to {}", range.least, range.most);
}

}  // namespace

CLI::App& add_verb(CLI::App& program, const std::string& name, const std::string& description,
                   const std::string& example) {
    auto* const verb = program.add_subcommand(name, description);
    verb->footer("Example:\n" + example);
    return *verb;
}

void add_details(CLI::App& verb, const std::string& details) {
    verb.footer(details + "\n\n" + verb.get_footer());
}

void add_store(CLI::App& verb, std::string& address) {
    verb.add_option("--store", address, "The store: a directory, file:DIRECTORY or memory:")
        ->type_name("ADDRESS")
        ->required();
}

void add_format(CLI::App& verb, Format& format) {
    const Flag flag{.name = "--format", .help = "How results are printed: table or jsonl"};
    add_choice(verb, flag, "table or jsonl", [&format](const std::string& text) {
        format = text == "jsonl" ? Format::jsonl : Format::table;
        return text == "table" || text == "jsonl";
    })->type_name("table|jsonl");
}

CLI::Option* add_number(CLI::App& verb, const Flag& flag, std::uint64_t& target,
                        NumberRange range) {
    return add_choice(verb, flag, range_text(range),
                      [&target, range](const std::string& text) {
                          const auto number = parse_number(text);
                          if (!number || *number < range.least || *number > range.most)
                              return false;
                          target = *number;
                          return true;
                      })
        ->type_name("N");
}

CLI::Option* add_choice(CLI::App& verb, const Flag& flag, const std::string& choices,
                        std::function<bool(const std::string&)> take) {
    return verb.add_option(
        flag.name,
        [name = flag.name, choices, take = std::move(take)](const CLI::results_t& values) {
            if (!take(values.front())) refuse(name, values.front(), choices);
            return true;
        },
        flag.help);
}

CLI::Option* add_texts(CLI::App& verb, const Flag& flag, std::vector<std::string>& target) {
    return verb.add_option(flag.name, target, flag.help)->allow_extra_args(false);
}

Error wrong_usage(std::string message) { return {CliError::usage, std::move(message)}; }

}  // namespace mainstem::cli
