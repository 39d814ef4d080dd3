// What somebody probably meant.
#include <gtest/gtest.h>

#include "cli/suggestion.hpp"

namespace mainstem::cli {
namespace {

const std::vector<std::string> verbs{"append", "demo", "import", "read", "stats", "streams"};

TEST(Nearest, finds_slips) {
    EXPECT_EQ(nearest("raed", verbs), "read");
    EXPECT_EQ(nearest("apend", verbs), "append");
    EXPECT_EQ(nearest("stream", verbs), "streams");
    EXPECT_EQ(nearest("import", verbs), "import");
}

TEST(Nearest, stays_silent_when_nothing_is_near) {
    EXPECT_EQ(nearest("xyz", verbs), std::nullopt);
    EXPECT_EQ(nearest("", verbs), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'r'), verbs), std::nullopt);
    EXPECT_EQ(nearest("read", {}), std::nullopt);
}

}  // namespace
}  // namespace mainstem::cli
