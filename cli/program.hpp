// The program as a function, so that main.cpp holds nothing that could need a test.
#pragma once

namespace mainstem::cli {

/// Runs the verb that the arguments name; returns the process's exit code. Once in a process.
int run_program(int argument_count, const char* const* arguments);

}  // namespace mainstem::cli
