// The signal handler. It only sets a flag, or leaves; both are allowed in a handler.
#include "cli/interrupt.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "cli/exit_code.hpp"

namespace mainstem::cli {
namespace {

volatile std::sig_atomic_t requested = 0;

/// Gets a byte at the first Ctrl-C: a signal can come just before a read begins to wait, or to
/// another thread than the one that waits.
int wake_pipe[2] = {-1, -1};

void on_interrupt(int /*signal*/) {
    if (requested != 0) _exit(static_cast<int>(ExitCode::interrupted));
    requested = 1;
    static_cast<void>(::write(wake_pipe[1], "!", 1) == 1);
}

}  // namespace

void take_signals() noexcept {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, nullptr);
    sigaction(SIGXFSZ, &ignore, nullptr);

    static_cast<void>(::pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) == 0);
    // Without SA_RESTART a read that waits for a terminal or a pipe returns and sees the flag.
    struct sigaction interrupt = {};
    interrupt.sa_handler = on_interrupt;
    sigaction(SIGINT, &interrupt, nullptr);
}

void wait_for_input(int file) noexcept {
    pollfd ready[2] = {{file, POLLIN, 0}, {wake_pipe[0], POLLIN, 0}};
    static_cast<void>(::poll(ready, 2, -1));
}

EndOfInterest::EndOfInterest(std::function<void()> call)
    : stopped_(::eventfd(0, EFD_CLOEXEC)), call_(std::move(call)), thread_([this] {
          // Without events asked for, a pipe says only that its reader went away.
          pollfd ready[3] = {
              {STDOUT_FILENO, 0, 0}, {wake_pipe[0], POLLIN, 0}, {stopped_, POLLIN, 0}};
          while (::poll(ready, 3, -1) < 0 && errno == EINTR) {
          }
          if (ready[2].revents == 0) call_();
      }) {}

EndOfInterest::~EndOfInterest() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(stopped_, &one, sizeof one) == sizeof one);
    thread_.join();
    ::close(stopped_);
}

bool interrupt_requested() noexcept { return requested != 0; }

Error interrupted(std::string message) { return {CliError::interrupted, std::move(message)}; }

}  // namespace mainstem::cli
