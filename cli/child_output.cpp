// posix_spawn with one pipe.
#include "cli/child_output.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// More than any list of packages has.
constexpr std::size_t output_most = 64UL << 20;

Error cannot_run(const std::string& program, const std::string& reason) {
    return {CliError::failed, fmt::format("cannot run {}: {}", in_quotes(program), reason)};
}

std::string reason_of(int code) { return std::generic_category().message(code); }

/// Starts the program with standard output going to `output`; the error code, or 0.
int start(const std::vector<std::string>& command, int output, pid_t& child) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    // posix_spawn takes them as not constant and does not change them.
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    // The child shall end by these signals as programs do, though this one does not.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int code = posix_spawnp(&child, command.front().c_str(), &files, &attributes,
                                  arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

std::string read_all(int file) {
    std::string text;
    std::array<char, 65'536> buffer{};
    while (text.size() < output_most) {
        const auto got = read(file, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

}  // namespace

Result<std::string> output_of(const std::vector<std::string>& command) {
    const auto& program = command.front();
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_run(program, reason_of(errno));
    pid_t child = 0;
    const int code = start(command, ends[1], child);
    close(ends[1]);
    auto text = code == 0 ? read_all(ends[0]) : std::string{};
    close(ends[0]);
    if (code != 0) return cannot_run(program, reason_of(code));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return cannot_run(program, "it ended with an error");
    }
    return text;
}

}  // namespace mainstem::cli
