// What is said of damaged read models.
#include <gtest/gtest.h>

#include <mainstem/read_model/read_model_error.hpp>
#include <mainstem/store/append.hpp>

#include "cli/model_damage.hpp"

namespace mainstem::cli {
namespace {

TEST(ModelDamage, has_a_remedy) {
    const Error damaged{ReadModelError::damaged, "m.sqlite: database disk image is malformed"};
    EXPECT_TRUE(
        with_remedy(damaged).starts_with("m.sqlite: database disk image is malformed; no "
                                         "event is lost: "))
        << with_remedy(damaged);
}

TEST(ModelDamage, has_none_where_it_is_something_else) {
    EXPECT_EQ(with_remedy({ReadModelError::damaged, "\"a\" is no read model; name another file"}),
              "\"a\" is no read model; name another file");
    EXPECT_EQ(with_remedy({StoreError::damaged, "segment 1"}), "segment 1");
}

}  // namespace
}  // namespace mainstem::cli
