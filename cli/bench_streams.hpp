// The streams that `bench` makes: bench-000000, bench-000001, and so on without a gap.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mainstem/store/store.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

[[nodiscard]] std::string bench_stream(std::uint64_t number);

/// How many of them a store holds. O(log of the number) lookups.
[[nodiscard]] Result<std::uint64_t> count_bench_streams(const Store& store);

/// Fails if the store has other streams, too: nobody's events are mixed with those of the benchmark
/// `verb`.
[[nodiscard]] Result<void> check_only_bench_streams(const Store& store, std::string_view verb,
                                                    const StoreArguments& arguments);

}  // namespace mainstem::cli
