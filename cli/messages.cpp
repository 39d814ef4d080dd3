// One write for each line, so that lines of several threads do not mix.
#include "cli/messages.hpp"

#include <cstdio>

#include "cli/exit_code.hpp"

namespace mainstem::cli {

void say(std::string_view text) noexcept {
    const auto line = error_line(text);
    // Nobody can be told that standard error does not work.
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

}  // namespace mainstem::cli
