// Base64 against the vectors of RFC 4648 and against itself.
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/base64.hpp"

namespace mainstem::cli {
namespace {

std::string encoded(std::string_view bytes) {
    std::string code;
    append_base64(code, bytes);
    return code;
}

TEST(Base64, has_the_vectors_of_the_standard) {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, code] : vectors) {
        EXPECT_EQ(encoded(bytes), code);
        EXPECT_EQ(decode_base64(code), bytes);
    }
}

TEST(Base64, refuses_what_it_would_not_write) {
    for (const auto* const code : {"Zg", "Zg=", "Zg==Zg==", "=", "====", "Z===", "Zh==", "Zm9=",
                                   "Zm9v\n", "Zm 9", "Zm9v!AAA", "Zg==\n\n\n\n", "-_-_"}) {
        EXPECT_EQ(decode_base64(code), std::nullopt) << code;
    }
}

RC_GTEST_PROP(Base64, gives_all_bytes_back, (const std::string& bytes)) {
    RC_ASSERT(decode_base64(encoded(bytes)) == bytes);
}

}  // namespace
}  // namespace mainstem::cli
