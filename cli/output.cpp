// Writing out the buffer.
#include "cli/output.hpp"

#include <cerrno>
#include <system_error>

#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"

namespace mainstem::cli {

void Output::pass_on() {
    std::string_view rest = buffer_;
    while (!rest.empty() && state_ == State::open) {
        const auto written = ::write(file_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE || (errno == EINTR && interrupt_requested())) {
            // Nobody reads any more, or perhaps never will: after Ctrl-C nothing is waited for.
            state_ = State::closed;
        } else if (errno != EINTR) {
            state_ = State::failed;
            failure_ = errno;
        }
    }
    buffer_.clear();
}

Result<void> Output::flush() {
    pass_on();
    if (state_ != State::failed) return {};
    return Error{CliError::failed,
                 "cannot write to standard output: " + std::generic_category().message(failure_)};
}

Result<void> write_result(std::string_view text) {
    Output output;
    output.write(text);
    return output.flush();
}

}  // namespace mainstem::cli
