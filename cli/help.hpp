// How the help of a verb looks: each flag with what it takes, what it does, and its default.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace mainstem::cli {

/// `text` in lines of at most `width` columns, broken between words.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width);

class HelpFormatter final : public CLI::Formatter {
public:
    HelpFormatter();

    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace mainstem::cli
