// The verb `bench`: measurements on this machine.
#include "cli/bench.hpp"

#include <algorithm>

namespace mainstem::cli {

double microseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void add_bench(CLI::App& program, Action& action) {
    auto& bench = add_verb(program, "bench", "Measure appends, queries, reads or subscriptions",
                           "  mainstem bench append --store scratch --clients 64");
    require_verb(bench);
    add_bench_append(bench, action);
    add_bench_query(bench, action);
    add_bench_read(bench, action);
    add_bench_subscribe(bench, action);
}

}  // namespace mainstem::cli
