// Counting by doubling and halving: where one stream of the bench is missing, all later ones are.
#include "cli/bench_streams.hpp"

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {

std::string bench_stream(std::uint64_t number) { return fmt::format("bench-{:06}", number); }

Result<std::uint64_t> count_bench_streams(const Store& store) {
    const auto exists = [&](std::uint64_t number) -> Result<bool> {
        const auto info = store.stream_info(bench_stream(number));
        if (!info) return info.error();
        return info->version.value > 0;
    };
    std::uint64_t there = 0;  // so many there are at least
    std::uint64_t step = 1;
    for (bool grows = true; step > 0; step = grows ? step * 2 : step / 2) {
        const auto found = exists(there + step - 1);
        if (!found) return found.error();
        if (*found) there += step;
        grows = grows && *found;
    }
    return there;
}

Result<void> check_only_bench_streams(const Store& store, std::string_view verb,
                                      const StoreArguments& arguments) {
    const auto stats = store.stats();
    if (!stats) return stats.error();
    const auto own = count_bench_streams(store);
    if (!own) return own.error();
    if (stats->streams + stats->system_streams == *own) return {};
    return Error{CliError::failed,
                 fmt::format("{} holds other streams; bench {} fills its store: give it one of its "
                             "own",
                             in_quotes(arguments.address), verb)};
}

}  // namespace mainstem::cli
