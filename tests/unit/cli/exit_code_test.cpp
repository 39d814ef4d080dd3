// The numbers that scripts rely on.
#include <gtest/gtest.h>

#include <mainstem/read_model/read_model_error.hpp>
#include <mainstem/store/append.hpp>

#include "cli/exit_code.hpp"

namespace mainstem::cli {
namespace {

int code_of(const Error& error) { return static_cast<int>(exit_code_of(error)); }

TEST(ExitCode, tells_kinds_of_failure_apart) {
    EXPECT_EQ(code_of({CliError::failed, ""}), 1);
    EXPECT_EQ(code_of({CliError::usage, ""}), 2);
    EXPECT_EQ(code_of({CliError::interrupted, ""}), 130);
    EXPECT_EQ(code_of({StoreError::conflict, ""}), 3);
    EXPECT_EQ(code_of({StoreError::damaged, ""}), 4);
    EXPECT_EQ(code_of({ReadModelError::damaged, ""}), 4);
    EXPECT_EQ(code_of({ReadModelError::not_found, ""}), 1);
    for (const auto error : {StoreError::id_reused, StoreError::invalid, StoreError::in_use,
                             StoreError::not_found, StoreError::newer_format, StoreError::io,
                             StoreError::out_of_range, StoreError::outcome_unknown}) {
        EXPECT_EQ(code_of({error, ""}), 1) << name(error);
    }
}

TEST(ExitCode, survives_context) {
    EXPECT_EQ(code_of(Error{StoreError::conflict, "x"}.in("file:3")), 3);
}

TEST(ErrorLine, is_one_line) { EXPECT_EQ(error_line("a\nb\x1b"), "mainstem: a\\nb\\x1b\n"); }

}  // namespace
}  // namespace mainstem::cli
