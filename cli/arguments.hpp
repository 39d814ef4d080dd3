// The flags that verbs share, and how their values are checked. A bad value ends the program with
// code 2 and one line that says what there is.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>

// CLI11 itself stays out of the files of the verbs: it takes a compiler longer than all they have.
namespace CLI {  // NOLINT(readability-identifier-naming): the name that it has
class App;
}

namespace mainstem::cli {

/// What a verb does once its arguments are known.
using Action = std::function<Result<void>()>;

/// How results are printed.
enum class Format : std::uint8_t { table, jsonl };

/// Which store, and what of it is kept in memory.
struct StoreArguments {
    std::string address;
    Bytes memory = limits::memory_default;
    Bytes segment_size = limits::segment_default;
};

struct NumberRange {
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// What a flag is called in the command line and says in the help.
struct Flag {
    std::string name;  ///< `--limit`
    std::string help;
    std::string takes = {};     ///< `N`, `flushed|buffered`
    std::string standard = {};  ///< what holds without it; empty: nothing that needs to be said
};

/// A verb with a description, and an example at the end of its help.
CLI::App& add_verb(CLI::App& program, const std::string& name, const std::string& description,
                   const std::string& example);
/// Puts more text before the example.
void add_details(CLI::App& verb, const std::string& details);
/// Has one of the verb's own verbs follow it.
void require_verb(CLI::App& verb);
/// What the verb does: it becomes `action` if the user chooses the verb.
void set_action(CLI::App& verb, Action& action, Action what);

/// `--store ADDRESS`, required, and `--memory SIZE`. An address that can name no store is a bad
/// value.
void add_store(CLI::App& verb, StoreArguments& store);
/// The same, not required; without it the address is empty.
void add_optional_store(CLI::App& verb, StoreArguments& store);
/// The same for a verb that works on files, too: takes the directory that the address names.
void add_store_directory(CLI::App& verb, StoreArguments& store);
/// `--store` for a verb that opens no store.
void add_store_directory(CLI::App& verb, std::string& directory);
/// The same, not required.
void add_store_directory(CLI::App& verb, const Flag& flag, std::optional<std::string>& directory);
/// `--memory SIZE`.
void add_memory(CLI::App& verb, Bytes& memory);
/// `--segment-size SIZE`.
void add_segment_size(CLI::App& verb, Bytes& segment_size);
/// `--format table|jsonl`.
void add_format(CLI::App& verb, Format& format);
/// `--durability flushed|buffered`.
void add_durability(CLI::App& verb, Durability& durability);
/// An argument without a flag, required.
void add_file(CLI::App& verb, const std::string& help, std::string& target);
/// The same, of which `name` says what it is: `QUERY`, `NAME`.
void add_argument(CLI::App& verb, const std::string& name, const std::string& help,
                  std::string& target);
/// A flag that takes nothing.
void add_switch(CLI::App& verb, const Flag& flag, bool& target);
/// A flag with a text.
void add_text(CLI::App& verb, const Flag& flag, std::string& target);
void add_text(CLI::App& verb, const Flag& flag, std::optional<std::string>& target);
void add_required_text(CLI::App& verb, const Flag& flag, std::string& target);
/// A flag that may be repeated; each takes one text.
void add_texts(CLI::App& verb, const Flag& flag, std::vector<std::string>& target);
/// A flag with a whole number. `target` holds the default, if it is within the range.
void add_number(CLI::App& verb, Flag flag, std::uint64_t& target, NumberRange range);
/// A flag with a text that is checked: `take` answers false if it is none of `choices`.
void add_choice(CLI::App& verb, const Flag& flag, const std::string& choices,
                std::function<bool(const std::string&)> take);

/// The error for arguments that make no sense together; ends with code 2.
[[nodiscard]] Error wrong_usage(std::string message);

}  // namespace mainstem::cli
