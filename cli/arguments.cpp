// Flags on top of CLI11. Values are taken as texts and checked here, since CLI11 takes 010 for
// eight and words its complaints for programmers.
#include "cli/arguments.hpp"

#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/size_text.hpp"
#include "cli/text.hpp"
#include "open/address.hpp"

namespace mainstem::cli {
namespace {

[[noreturn]] void refuse(const std::string& flag, const std::string& value,
                         const std::string& choices) {
    throw CLI::ValidationError(
        fmt::format("{} cannot be {}; it takes {}", flag, in_quotes(value), choices));
}

/// What an address that can name a store names. What it may hold (a password) is not shown.
Address parse_store(const std::string& address) {
    const auto parsed = parse_address(address);
    if (!parsed) throw CLI::ValidationError("--store: " + parsed.error().message());
    return *parsed;
}

std::string parse_directory(const std::string& address) {
    const auto parsed = parse_store(address);
    if (parsed.backend == Address::Backend::memory) {
        throw CLI::ValidationError(
            "--store: a memory store ends with the program that fills it; give a directory");
    }
    return std::string{parsed.directory};
}

constexpr auto no_bound = NumberRange{}.most;

std::string range_text(NumberRange range) {
    if (range.most == no_bound) return fmt::format("at least {}", range.least);
    return fmt::format("from {} to {}", range.least, range.most);
}

template <class Target>
CLI::Option& add_option(CLI::App& verb, const Flag& flag, Target&& target) {
    return *verb.add_option(flag.name, std::forward<Target>(target), flag.help)
                ->type_name(flag.takes)
                ->default_str(flag.standard);
}

}  // namespace

CLI::App& add_verb(CLI::App& program, const std::string& name, const std::string& description,
                   const std::string& example) {
    auto* const verb = program.add_subcommand(name, description);
    verb->group("Verbs");
    verb->footer("Example:\n" + example);
    return *verb;
}

void add_details(CLI::App& verb, const std::string& details) {
    verb.footer(details + "\n\n" + verb.get_footer());
}

void require_verb(CLI::App& verb) { verb.require_subcommand(1); }

void set_action(CLI::App& verb, Action& action, Action what) {
    verb.callback([&action, what = std::move(what)] { action = what; });
}

namespace {

CLI::Option& add_store_option(CLI::App& verb, StoreArguments& store) {
    const Flag flag{.name = "--store",
                    .help = "The store: a directory, or memory: for one that ends with the program",
                    .takes = "ADDRESS"};
    auto& option = add_option(verb, flag, [&store](const CLI::results_t& values) {
        parse_store(values.front());
        store.address = values.front();
        return true;
    });
    add_memory(verb, store.memory);
    return option;
}

}  // namespace

void add_store(CLI::App& verb, StoreArguments& store) { add_store_option(verb, store).required(); }
void add_optional_store(CLI::App& verb, StoreArguments& store) { add_store_option(verb, store); }

void add_store_directory(CLI::App& verb, StoreArguments& store) {
    add_store_directory(verb, store.address);
    add_memory(verb, store.memory);
}

void add_store_directory(CLI::App& verb, std::string& directory) {
    const Flag flag{.name = "--store", .help = "The store's directory", .takes = "DIRECTORY"};
    const auto take = [&directory](const CLI::results_t& values) {
        directory = parse_directory(values.front());
        return true;
    };
    add_option(verb, flag, take).required();
}

void add_store_directory(CLI::App& verb, const Flag& flag, std::optional<std::string>& directory) {
    add_option(verb, flag, [&directory](const CLI::results_t& values) {
        directory = parse_directory(values.front());
        return true;
    });
}

void add_memory(CLI::App& verb, Bytes& memory) {
    const Flag flag{.name = "--memory",
                    .help = "What is kept in memory of the store's events and indexes, at most",
                    .takes = "SIZE",
                    .standard = "256MiB"};
    static_assert(limits::memory_default == Bytes{256 << 20});
    add_choice(verb, flag, std::string{size_choices}, [&memory](const std::string& text) {
        const auto size = parse_size(text);
        memory = size.value_or(memory);
        return size.has_value();
    });
}

void add_segment_size(CLI::App& verb, Bytes& segment_size) {
    const Flag flag{.name = "--segment-size",
                    .help = "Size at which the log begins a new file, 64KiB to 1GiB",
                    .takes = "SIZE",
                    .standard = "256MiB"};
    static_assert(limits::segment_default == Bytes{256 << 20});
    add_choice(verb, flag, std::string{size_choices}, [&segment_size](const std::string& text) {
        const auto size = parse_size(text);
        segment_size = size.value_or(segment_size);
        return size.has_value();
    });
}

void add_format(CLI::App& verb, Format& format) {
    const Flag flag{.name = "--format",
                    .help = "How results are printed: for people, or as lines of JSON",
                    .takes = "table|jsonl",
                    .standard = "table"};
    add_choice(verb, flag, "table or jsonl", [&format](const std::string& text) {
        format = text == "jsonl" ? Format::jsonl : Format::table;
        return text == "table" || text == "jsonl";
    });
}

void add_durability(CLI::App& verb, Durability& durability) {
    const Flag flag{.name = "--durability",
                    .help =
                        "When an append is answered: flushed, when it is on the disk; buffered, "
                        "when it is written, to be on the disk soon after",
                    .takes = "flushed|buffered",
                    .standard = "flushed"};
    add_choice(verb, flag, "flushed or buffered", [&durability](const std::string& text) {
        durability = text == "buffered" ? Durability::buffered : Durability::flushed;
        return text == "flushed" || text == "buffered";
    });
}

void add_file(CLI::App& verb, const std::string& help, std::string& target) {
    add_argument(verb, "FILE", help, target);
}

void add_argument(CLI::App& verb, const std::string& name, const std::string& help,
                  std::string& target) {
    verb.add_option(name, target, help)->type_name("")->required();
}

void add_switch(CLI::App& verb, const Flag& flag, bool& target) {
    verb.add_flag(flag.name, target, flag.help);
}

void add_text(CLI::App& verb, const Flag& flag, std::string& target) {
    add_option(verb, flag, target);
}

void add_required_text(CLI::App& verb, const Flag& flag, std::string& target) {
    add_option(verb, flag, target).required();
}

void add_text(CLI::App& verb, const Flag& flag, std::optional<std::string>& target) {
    add_option(verb, flag, target);
}

void add_texts(CLI::App& verb, const Flag& flag, std::vector<std::string>& target) {
    add_option(verb, flag, target).allow_extra_args(false);
}

void add_number(CLI::App& verb, Flag flag, std::uint64_t& target, NumberRange range) {
    const bool is_bounded = range.least > 0 || range.most != no_bound;
    if (is_bounded) flag.help += "; " + range_text(range);
    flag.takes = "N";
    const bool has_default = range.least <= target && target <= range.most && target != no_bound;
    if (has_default) flag.standard = fmt::format("{}", target);
    add_choice(verb, flag, "a whole number, " + range_text(range),
               [&target, range](const std::string& text) {
                   const auto number = parse_number(text);
                   if (!number || *number < range.least || *number > range.most) return false;
                   target = *number;
                   return true;
               });
}

void add_choice(CLI::App& verb, const Flag& flag, const std::string& choices,
                std::function<bool(const std::string&)> take) {
    add_option(verb, flag,
               [name = flag.name, choices, take = std::move(take)](const CLI::results_t& values) {
                   if (!take(values.front())) refuse(name, values.front(), choices);
                   return true;
               });
}

Error wrong_usage(std::string message) { return {CliError::usage, std::move(message)}; }

}  // namespace mainstem::cli
