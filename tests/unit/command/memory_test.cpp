// What commands leave in memory: nothing that grows with their number but what the log's budget and
// the cache of states bound.
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/command/executor.hpp>

#include "support/bank.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keeps_what_was_freed = true;
#else
constexpr bool keeps_what_was_freed = false;
#endif

std::uint64_t resident_bytes() {
    std::ifstream status{"/proc/self/statm"};
    std::uint64_t pages = 0;
    status >> pages >> pages;
    return pages * 4096;
}

TEST(CommandMemory, ten_thousand_commands_take_less_than_100_megabytes) {
    if (keeps_what_was_freed) GTEST_SKIP() << "a sanitizer keeps what was freed";
    const support::TemporaryFolder folder;
    Executor executor{Store::open(folder.path("store")).value()};
    const CommandOptions buffered{.durability = Durability::buffered};
    const auto before = resident_bytes();
    for (int i = 0; i < 10'000; ++i) {
        executor.execute(bank::Open{"account-" + std::to_string(i)}, buffered).value();
    }
    EXPECT_LT(resident_bytes() - before, 100'000'000U);
    EXPECT_LE(executor.stats().cached_states, StateCacheOptions{}.entries);
}

}  // namespace
}  // namespace mainstem
