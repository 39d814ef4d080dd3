// The program `mainstem` as users run it: a process with pipes. Tests wait for what it prints, not
// for time.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mainstem::support {

/// How a process ended, and all that it printed.
struct Ended {
    int code = -1;   ///< exit code; -1 if a signal ended it
    int signal = 0;  ///< which one
    std::string out;
    std::string err;
};

struct ChildOptions {
    std::string folder = {};                    ///< to run in; empty: this process's own
    std::vector<std::string> environment = {};  ///< `NAME=value`, added to this process's own
};

/// One thread at a time. The destructor kills what still runs.
class ChildProgram {
public:
    /// Starts `mainstem` with these arguments.
    explicit ChildProgram(std::vector<std::string> arguments, const ChildOptions& options = {});
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;
    ~ChildProgram();

    /// Writes to its standard input. What it does not want to read is dropped.
    void write(std::string_view text);
    void close_input();
    /// Closes the reading end of its standard output, as `| head` does.
    void close_output();
    void send(int signal);

    /// Reads what it prints until `text` stands in it; false if it ends before.
    bool wait_until_printed(std::string_view text);
    /// Closes its input, reads the rest and waits for its end.
    Ended wait();

private:
    bool read_some();

    pid_t process_ = -1;
    int input_ = -1;
    std::array<int, 2> outputs_{-1, -1};  ///< of standard output and standard error
    std::array<std::string, 2> printed_;
};

/// Runs `mainstem` to its end.
Ended run_program(std::vector<std::string> arguments, std::string_view input = {},
                  const ChildOptions& options = {});

}  // namespace mainstem::support
