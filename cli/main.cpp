// The program `mainstem`.
#include <sys/resource.h>

#include "cli/program.hpp"

namespace {

/// A store keeps two files open for each segment that was read. The usual limit of 1,024 files is
/// made for programs that use `select`; what the system allows beyond it is there to be asked for.
void allow_many_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files) == 0);
}

}  // namespace

int main(int argument_count, char** arguments) {
    allow_many_files();
    return mainstem::cli::run_program(argument_count, arguments);
}
