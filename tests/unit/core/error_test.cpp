// Errors: what they compare with, what they say, and what context keeps.
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/error.hpp>

namespace mainstem {
namespace {

enum class TeaError : std::uint8_t { too_hot, spilled };
std::string_view name(TeaError code) { return code == TeaError::too_hot ? "too_hot" : "spilled"; }
bool retryable(TeaError code) { return code == TeaError::too_hot; }

enum class CakeError : std::uint8_t { too_hot };
std::string_view name(CakeError) { return "too_hot"; }
bool retryable(CakeError) { return false; }

TEST(Error, says_what_it_was_made_with) {
    const Error error{TeaError::too_hot, "the tea is too hot"};
    EXPECT_EQ(error.message(), "the tea is too hot");
    EXPECT_EQ(error.code_name(), "too_hot");
    EXPECT_TRUE(error.retryable());
    EXPECT_FALSE(error.conflict());

    std::ostringstream out;
    out << error;
    EXPECT_EQ(out.str(), "the tea is too hot");
}

TEST(Error, equals_its_own_code_only) {
    const Error error{TeaError::too_hot, "hot"};
    EXPECT_TRUE(error == TeaError::too_hot);
    EXPECT_TRUE(error != TeaError::spilled);
    EXPECT_TRUE(error != CakeError::too_hot) << "codes of other enums never match";
}

TEST(Error, context_keeps_all_but_the_text) {
    const Conflict conflict{"shelf-1", Version{7}, Version{8}, Position{93}};
    const Error error = Error{TeaError::too_hot, "hot", conflict}.in("line 3").in("orders.csv");
    EXPECT_EQ(error.message(), "orders.csv: line 3: hot");
    EXPECT_EQ(error, TeaError::too_hot);
    EXPECT_EQ(error.code_name(), "too_hot");
    EXPECT_TRUE(error.retryable());
    ASSERT_TRUE(error.conflict());
    EXPECT_EQ(error.conflict()->stream, "shelf-1");
    EXPECT_EQ(error.conflict()->expected, ExpectedVersion{Version{7}});
    EXPECT_EQ(error.conflict()->actual, Version{8});
    EXPECT_EQ(error.conflict()->position, Position{93});
}

TEST(Error, copies_share_what_they_say) {
    const Error error{TeaError::spilled, "spilled"};
    const Error copy = error;
    EXPECT_EQ(&copy.message(), &error.message());
}

}  // namespace
}  // namespace mainstem
