// Words for what CLI11 knows about a flag.
#include "cli/help.hpp"

#include <algorithm>

namespace mainstem::cli {
namespace {

constexpr std::size_t columns = 100;
constexpr std::size_t flag_columns = 28;

}  // namespace

std::string wrapped(std::string_view text, std::size_t width) {
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const bool fits = used == 0 || used + 1 + word.size() <= width;
        if (!out.empty()) out += fits ? ' ' : '\n';
        out += word;
        used = fits && used > 0 ? used + 1 + word.size() : word.size();
    }
    return out;
}

HelpFormatter::HelpFormatter() {
    column_width(flag_columns);
    label("SUBCOMMAND", "VERB");
    label("Positionals", "Arguments");
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
    const bool takes_value = option->get_type_size() != 0 && !option->get_type_name().empty();
    return takes_value ? ' ' + option->get_type_name() : std::string{};
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
    auto text = option->get_description();
    if (option->get_required()) text += "; required";
    if (!option->get_default_str().empty()) text += "; default: " + option->get_default_str();
    return wrapped(text, columns - flag_columns);
}

}  // namespace mainstem::cli
