#include "support/seeds.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include <mainstem/core/assert.hpp>

namespace mainstem::support {

std::optional<std::uint64_t> environment_number(const char* name) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (text == nullptr || *text == '\0') return std::nullopt;
    const std::string_view digits = text;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    MAINSTEM_ASSERT(error == std::errc{} && end == digits.data() + digits.size(),
                    "a number in the environment is none");
    return number;
}

SeedRange seeds_of_shard(std::uint64_t shard, std::uint64_t shards, std::uint64_t usual) {
    if (const auto only = environment_number("MAINSTEM_SEED")) {
        if (shard != *only % shards) return {};
        return {.first = *only, .last = *only};
    }
    const std::uint64_t count = environment_number("MAINSTEM_SIM_SEEDS").value_or(usual);
    return {.first = count * shard / shards + 1, .last = count * (shard + 1) / shards};
}

}  // namespace mainstem::support
