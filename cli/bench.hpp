// The verb `bench` and what its parts share.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "cli/arguments.hpp"

namespace mainstem::cli {

void add_bench(CLI::App& program, Action& action);
void add_bench_append(CLI::App& bench, Action& action);
void add_bench_beside(CLI::App& bench, Action& action);
void add_bench_commands(CLI::App& bench, Action& action);
void add_bench_open(CLI::App& bench, Action& action);
void add_bench_projections(CLI::App& bench, Action& action);
void add_bench_query(CLI::App& bench, Action& action);
void add_bench_read(CLI::App& bench, Action& action);
void add_bench_subscribe(CLI::App& bench, Action& action);

/// What the help of all says before its example.
inline constexpr const char* bench_details =
    "The store is filled with events: give it a directory of its own.";

[[nodiscard]] double microseconds(std::chrono::nanoseconds time);

/// Memory of this process; 0 where the system does not tell.
struct MemoryInHand {
    std::uint64_t now = 0;
    std::uint64_t peak = 0;
};
[[nodiscard]] MemoryInHand memory_in_hand();

/// The middle one of some values, or the mean of the two in the middle; 0 if there are none.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace mainstem::cli
