// The verbs of the program, one source file each. Every function adds its verb to the command
// line; when the user has chosen that verb, `action` is set to what it does.
#pragma once

#include "cli/arguments.hpp"

namespace mainstem::cli {

void add_append(CLI::App& program, Action& action);
void add_collection(CLI::App& program, Action& action);
void add_demo(CLI::App& program, Action& action);
void add_import(CLI::App& program, Action& action);
void add_index(CLI::App& program, Action& action);
void add_projection(CLI::App& program, Action& action);
void add_query(CLI::App& program, Action& action);
void add_read(CLI::App& program, Action& action);
void add_stats(CLI::App& program, Action& action);
void add_streams(CLI::App& program, Action& action);
void add_tail(CLI::App& program, Action& action);
void add_verify(CLI::App& program, Action& action);

}  // namespace mainstem::cli
