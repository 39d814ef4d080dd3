// Counting the streams that the bench has made.
#include <gtest/gtest.h>

#include "cli/bench_streams.hpp"

namespace mainstem::cli {
namespace {

TEST(BenchStreams, are_counted) {
    auto store = Store::open("memory:").value();
    store.append("order-1", {"T"}).value();
    for (std::uint64_t number = 0; number < 40; ++number) {
        EXPECT_EQ(count_bench_streams(store).value(), number);
        store.append(bench_stream(number), {"T"}).value();
    }
    EXPECT_EQ(bench_stream(7), "bench-000007");
}

}  // namespace
}  // namespace mainstem::cli
