// What the benches that look at a store fill it with when it is empty.
#pragma once

#include <cstdint>
#include <string>

#include <mainstem/store/store.hpp>

#include "cli/arguments.hpp"

namespace mainstem::cli {

/// The type of all these events.
inline constexpr const char* bench_event_type = "OrderPlaced";

/// Event i goes to stream i and has tag i, modulo how many there are.
struct FillOptions {
    std::uint64_t events = 1'000'000;
    std::uint64_t streams = 100'000;
    std::uint64_t tags = 100'000;  ///< 0: none
    std::uint64_t batch = 1;       ///< events in a request
    std::uint64_t bytes = 256;
};

/// `--events`, `--streams` and `--bytes`.
void add_fill(CLI::App& verb, FillOptions& options);
/// The same, `--tags` and `--batch`.
void add_fill_with_tags(CLI::App& verb, FillOptions& options);

[[nodiscard]] std::string bench_tag(std::uint64_t number);

/// Appends the events, buffered, if the store has none.
Result<void> fill_if_empty(Store& store, const FillOptions& options);

}  // namespace mainstem::cli
