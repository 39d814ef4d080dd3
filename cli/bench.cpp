// The verb `bench`: measurements on this machine.
#include "cli/bench.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace mainstem::cli {

double microseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::micro>(time).count();
}

MemoryInHand memory_in_hand() {
    constexpr std::uint64_t kibibyte = 1024;
    MemoryInHand memory;
    std::ifstream status{"/proc/self/status"};
    for (std::string name; status >> name; status.ignore(std::numeric_limits<int>::max(), '\n')) {
        if (name == "VmRSS:" && status >> memory.now) memory.now *= kibibyte;
        if (name == "VmHWM:" && status >> memory.peak) memory.peak *= kibibyte;
    }
    return memory;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void add_bench(CLI::App& program, Action& action) {
    auto& bench = add_verb(program, "bench", "Measure a store on this machine",
                           "  mainstem bench append --store scratch --clients 64");
    require_verb(bench);
    add_bench_append(bench, action);
    add_bench_beside(bench, action);
    add_bench_commands(bench, action);
    add_bench_open(bench, action);
    add_bench_projections(bench, action);
    add_bench_query(bench, action);
    add_bench_read(bench, action);
    add_bench_subscribe(bench, action);
}

}  // namespace mainstem::cli
