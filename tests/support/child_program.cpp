// Pipes around posix_spawn.
#include "support/child_program.hpp"

#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <mainstem/core/assert.hpp>

#include "support/paths.hpp"

namespace mainstem::support {
namespace {

struct Pipe {
    int reading = -1;
    int writing = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    MAINSTEM_ASSERT(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe");
    return {ends[0], ends[1]};
}

void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
    auto all = added;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view old = *entry;
        const auto name = old.substr(0, old.find('=') + 1);
        bool is_replaced = false;
        for (const auto& text : added) is_replaced = is_replaced || text.starts_with(name);
        if (!is_replaced) all.emplace_back(old);
    }
    return all;
}

}  // namespace

ChildProgram::ChildProgram(std::vector<std::string> arguments, const ChildOptions& options) {
    // A child that does not read its input must not end the test.
    signal(SIGPIPE, SIG_IGN);
    const auto path = program().string();
    arguments.insert(arguments.begin(), path);
    auto environment = environment_with(options.environment);
    auto in = make_pipe();
    auto out = make_pipe();
    auto err = make_pipe();

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in.reading, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out.writing, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.writing, STDERR_FILENO);
    if (!options.folder.empty()) {
        posix_spawn_file_actions_addchdir_np(&files, options.folder.c_str());
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int failure = posix_spawn(&process_, path.c_str(), &files, &attributes,
                                    pointers(arguments).data(), pointers(environment).data());
    MAINSTEM_ASSERT(failure == 0, "the program cannot be started");
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);

    close_end(in.reading);
    close_end(out.writing);
    close_end(err.writing);
    input_ = in.writing;
    outputs_ = {out.reading, err.reading};
}

ChildProgram::~ChildProgram() {
    close_input();
    for (auto& output : outputs_) close_end(output);
    if (process_ < 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

void ChildProgram::write(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(input_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void ChildProgram::close_input() { close_end(input_); }

void ChildProgram::close_output() { close_end(outputs_[0]); }

void ChildProgram::send(int signal) { kill(process_, signal); }

bool ChildProgram::read_some() {
    std::array<pollfd, 2> waiting{};
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        waiting.at(i) = {.fd = outputs_.at(i), .events = POLLIN, .revents = 0};
    }
    if (outputs_[0] < 0 && outputs_[1] < 0) return false;
    while (poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting.at(i).revents == 0) continue;
        std::array<char, 65'536> buffer{};
        const auto got = read(outputs_.at(i), buffer.data(), buffer.size());
        if (got <= 0) {
            close_end(outputs_.at(i));
        } else {
            printed_.at(i).append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    return true;
}

bool ChildProgram::wait_until_printed(std::string_view text) {
    while (!printed_[0].contains(text) && !printed_[1].contains(text)) {
        if (!read_some()) return false;
    }
    return true;
}

Ended ChildProgram::wait() {
    close_input();
    while (read_some()) {
    }
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    Ended ended{.out = std::move(printed_[0]), .err = std::move(printed_[1])};
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    return ended;
}

Ended run_program(std::vector<std::string> arguments, std::string_view input,
                  const ChildOptions& options) {
    ChildProgram child{std::move(arguments), options};
    child.write(input);
    return child.wait();
}

}  // namespace mainstem::support
