// How help looks.
#include <algorithm>

#include <gtest/gtest.h>

#include "cli/help.hpp"

namespace mainstem::cli {
namespace {

TEST(Wrapped, breaks_between_words) {
    EXPECT_EQ(wrapped("", 10), "");
    EXPECT_EQ(wrapped("one two", 7), "one two");
    EXPECT_EQ(wrapped("one two three", 7), "one two\nthree");
    EXPECT_EQ(wrapped("one two", 3), "one\ntwo");
    EXPECT_EQ(wrapped("unbreakable so", 4), "unbreakable\nso");
}

TEST(HelpFormatter, tells_what_a_flag_takes_and_its_default) {
    CLI::App app{"Counts", "count"};
    app.formatter(std::make_shared<HelpFormatter>());
    std::string text;
    app.add_option("--to", text, "Where to end")->type_name("N")->default_str("ten");
    app.add_option("FILE", text, "What to count")->type_name("")->required();
    bool flag = false;
    app.add_flag("--quiet", flag, "Says nothing");
    const auto help = app.help();
    EXPECT_TRUE(help.contains("\n  --to N                    Where to end; default: ten\n"))
        << help;
    EXPECT_TRUE(help.contains("\n  FILE                      What to count; required\n")) << help;
    EXPECT_TRUE(help.contains("\n  --quiet                   Says nothing\n")) << help;
}

}  // namespace
}  // namespace mainstem::cli
