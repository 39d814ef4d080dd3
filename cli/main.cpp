// The program `mainstem`.
#include "cli/program.hpp"

int main(int argument_count, char** arguments) {
    return mainstem::cli::run_program(argument_count, arguments);
}
