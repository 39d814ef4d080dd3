// The handler of broken invariants.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/assert.hpp>

namespace mainstem {
namespace {

void whisper(std::string_view text) {
    std::fprintf(stderr, "heard: %.*s\n", static_cast<int>(text.size()), text.data());
}
void end_quietly(std::string_view) { std::_Exit(7); }

TEST(Assert, does_nothing_while_the_condition_holds) {
    int evaluated = 0;
    MAINSTEM_ASSERT(++evaluated == 1, "counted");
    EXPECT_EQ(evaluated, 1);
}

TEST(AssertDeathTest, names_the_invariant_and_the_place) {
    const int spoons = 0;
    EXPECT_DEATH(MAINSTEM_ASSERT(spoons > 0, "a spoon is missing"),
                 "assert_test.cpp:[0-9]+: a spoon is missing \\[spoons > 0\\]");
}

TEST(AssertDeathTest, asks_the_handler_then_aborts) {
    EXPECT_EXIT(
        {
            set_assertion_handler(whisper);
            assertion_failed("no spoon", "kitchen", 0);
        },
        testing::KilledBySignal(SIGABRT), "heard: kitchen: no spoon");
}

TEST(AssertDeathTest, handler_may_end_the_process_itself) {
    EXPECT_EXIT(
        {
            set_assertion_handler(end_quietly);
            assertion_failed("no spoon", "kitchen", 1);
        },
        testing::ExitedWithCode(7), "");
}

TEST(AssertDeathTest, cuts_a_very_long_text) {
    EXPECT_DEATH(assertion_failed(std::string(100'000, 'x'), "kitchen", 1), "kitchen:1: xxx");
}

TEST(Assert, answers_the_former_handler) {
    const auto standard = set_assertion_handler(whisper);
    EXPECT_EQ(set_assertion_handler(nullptr), whisper);
    EXPECT_EQ(set_assertion_handler(standard), standard) << "none means the standard one";
}

}  // namespace
}  // namespace mainstem
