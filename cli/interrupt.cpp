// The signal handler. It only sets a flag, or leaves; both are allowed in a handler.
#include "cli/interrupt.hpp"

#include <csignal>
#include <utility>

#include <unistd.h>

#include "cli/exit_code.hpp"

namespace mainstem::cli {
namespace {

volatile std::sig_atomic_t requested = 0;

void on_interrupt(int /*signal*/) {
    if (requested != 0) _exit(static_cast<int>(ExitCode::interrupted));
    requested = 1;
}

}  // namespace

void take_signals() noexcept {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, nullptr);

    // Without SA_RESTART a read that waits for a terminal or a pipe returns and sees the flag.
    struct sigaction interrupt = {};
    interrupt.sa_handler = on_interrupt;
    sigaction(SIGINT, &interrupt, nullptr);
}

bool interrupt_requested() noexcept { return requested != 0; }

Error interrupted(std::string message) { return {CliError::interrupted, std::move(message)}; }

}  // namespace mainstem::cli
