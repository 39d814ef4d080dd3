// The tutorial and the manuals of the command line, of projection files and of queries are true:
// the commands in their `console` blocks are run one after the other in one shell, as a reader
// would type them at the root of the tree, and each must print exactly what stands below it. `...`
// in a line stands for whatever differs from run to run: times, ids. Blocks of other kinds are not
// run.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/paths.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using Lines = std::vector<std::string>;

/// A command and what it should print, standard error included.
struct Step {
    std::size_t line = 0;  ///< in the document
    std::string command;
    Lines expected;
};

Lines lines_of(std::istream& in) {
    Lines lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// A command goes on after a backslash at the end of a line, and up to the END of its input.
bool is_unfinished(std::string_view command) {
    return command.ends_with('\\') || (command.contains("<<'END'") && !command.ends_with("\nEND"));
}

/// Each command begins with `$ `; what follows it in its block is what it prints.
std::vector<Step> steps_of(const Lines& document) {
    std::vector<Step> steps;
    bool inside = false;
    for (std::size_t i = 0; i < document.size(); ++i) {
        const std::string& line = document[i];
        if (line.starts_with("```")) {
            inside = line == "```console";
        } else if (inside && !steps.empty() && is_unfinished(steps.back().command)) {
            steps.back().command += '\n' + line;
        } else if (inside && line.starts_with("$ ")) {
            steps.push_back({.line = i + 1, .command = line.substr(2), .expected = {}});
        } else if (inside && !steps.empty()) {
            steps.back().expected.push_back(line);
        }
    }
    return steps;
}

/// Whether `line` is `pattern` with some text in place of each `...`.
bool fits(std::string_view pattern, std::string_view line) {
    constexpr std::string_view gap = "...";
    const auto first = pattern.find(gap);
    if (first == std::string_view::npos) return pattern == line;
    if (!line.starts_with(pattern.substr(0, first))) return false;
    pattern.remove_prefix(first + gap.size());
    for (std::size_t from = first; from <= line.size(); ++from) {
        if (fits(pattern, line.substr(from))) return true;
    }
    return false;
}

bool fit(const Lines& expected, const Lines& printed) {
    return std::ranges::equal(expected, printed, fits);
}

std::string text_of(const Lines& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}

/// Printed by the shell after each command.
constexpr std::string_view end_of_step = "== end of step ==";

/// Runs the commands in one shell, after some that are not in the document, and answers what each
/// has printed.
std::vector<Lines> run(const std::string& beforehand, const std::vector<Step>& steps,
                       const support::TemporaryFolder& folder) {
    {
        std::ofstream script{folder.path("script")};
        script << "exec 2>&1\ncd '" << folder.path("tree") << "'\n" << beforehand << '\n';
        for (const Step& step : steps) {
            // The exit code of a command is there for the next one to look at.
            script << step.command << "\nstatus=$?; echo '" << end_of_step << "'; (exit $status)\n";
        }
    }
    const auto output = folder.path("output");
    const auto command = "bash '" + folder.path("script") + "' > '" + output + '\'';
    static_cast<void>(std::system(command.c_str()));

    std::vector<Lines> printed(1);
    std::ifstream in{output};
    for (std::string line; std::getline(in, line);) {
        if (line == end_of_step) {
            printed.emplace_back();
        } else {
            printed.back().push_back(line);
        }
    }
    printed.pop_back();
    return printed;
}

/// A tree as the reader has it: the documents, and what was built.
void make_tree(const std::string& tree) {
    std::filesystem::create_directories(tree + "/build");
    std::filesystem::create_directory_symlink(support::source_folder() / "docs", tree + "/docs");
    std::filesystem::create_directory_symlink(support::program().parent_path(),
                                              tree + "/build/release");
}

void check(const std::string& name, const std::string& beforehand = {}) {
    if (!std::filesystem::exists(support::program().parent_path() / "examples/ship_order")) {
        GTEST_SKIP() << "the program and the examples are not built";
    }
    std::ifstream document{support::source_folder() / name};
    const auto steps = steps_of(lines_of(document));
    ASSERT_FALSE(steps.empty());

    const support::TemporaryFolder folder;
    make_tree(folder.path("tree"));
    const auto printed = run(beforehand, steps, folder);
    ASSERT_EQ(printed.size(), steps.size()) << "the shell ended early";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        EXPECT_TRUE(fit(steps[i].expected, printed[i]))
            << name << ':' << steps[i].line << ": " << steps[i].command << "\nshould print\n"
            << text_of(steps[i].expected) << "but prints\n"
            << text_of(printed[i]);
    }
}

TEST(Documents, the_tutorial_prints_what_it_says) { check("docs/tutorial/README.md"); }

TEST(Documents, the_tutorial_of_a_real_event_log_prints_what_it_says) {
    const auto log = support::trial_data("receipt.csv");
    if (!log) GTEST_SKIP() << support::no_trial_data;
    check("docs/tutorial/receipt.md",
          "PATH=\"$PWD/build/release:$PATH\"\nln -s '" + log->string() + "' receipt.csv");
}

TEST(Documents, the_manual_of_the_command_line_prints_what_it_says) {
    check("docs/manual/command-line.md", "PATH=\"$PWD/build/release:$PATH\"");
}

TEST(Documents, the_manual_of_projection_files_prints_what_it_says) {
    check("docs/manual/projection-files.md", "PATH=\"$PWD/build/release:$PATH\"");
}

TEST(Documents, the_manual_of_document_queries_prints_what_it_says) {
    check("docs/manual/document-queries.md", "PATH=\"$PWD/build/release:$PATH\"");
}

TEST(Documents, the_manual_of_queries_prints_what_it_says) {
    check("docs/manual/queries.md", "PATH=\"$PWD/build/release:$PATH\"");
}

}  // namespace
}  // namespace mainstem
