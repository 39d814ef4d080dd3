// The plan's parts, and their sums.
#include "cli/plan_printer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/json_object.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

std::string_view name(ReadPlan::Way way) {
    switch (way) {
        case ReadPlan::Way::scan: return "scan";
        case ReadPlan::Way::index: return "index";
        case ReadPlan::Way::nothing: return "nothing";
    }
    return "scan";
}

void print_lines(const ReadPlan& plan, Output& output) {
    for (const auto& part : plan.parts) {
        output.write(JsonObject{}
                         .number("first", part.first.value)
                         .number("last", part.last.value)
                         .text("way", name(part.way))
                         .number("events", part.events)
                         .str() +
                     '\n');
    }
}

/// What is looked at in one way, in all parts that go that way.
struct Sum {
    std::uint64_t parts = 0;
    std::uint64_t events = 0;
};

std::string sums_of(const ReadPlan& plan) {
    std::array<Sum, 3> sums{};
    std::uint64_t all = 0;
    std::uint64_t looked_at = 0;
    for (const auto& part : plan.parts) {
        Sum& sum = sums.at(static_cast<std::size_t>(part.way));
        ++sum.parts;
        sum.events += part.events;
        looked_at += part.events;
        all += part.last.value - part.first.value + 1;
    }
    const auto& [scan, index, nothing] = sums;
    auto text = fmt::format("at most {} of {} to look at", with_thousands(looked_at),
                            counted(all, "event"));
    std::string_view before = ": ";
    const auto add = [&](const Sum& sum, std::string_view what) {
        if (sum.parts == 0) return;
        text += fmt::format("{}{} in {}", std::exchange(before, ", "), what,
                            counted(sum.parts, "part"));
    };
    add(scan, with_thousands(scan.events) + " by scan");
    add(index, with_thousands(index.events) + " by index");
    add(nothing, "nothing");
    return text + '\n';
}

void print_table(const ReadPlan& plan, Output& output) {
    Table table{
        output,
        {{"FIRST", Align::right}, {"LAST", Align::right}, {"WAY"}, {"EVENTS", Align::right}}};
    for (const auto& part : plan.parts) {
        table.add({fmt::format("{}", part.first.value), fmt::format("{}", part.last.value),
                   std::string{name(part.way)}, fmt::format("{}", part.events)});
    }
    table.finish();
    output.write(sums_of(plan));
}

}  // namespace

Result<void> print_plan(const ReadPlan& plan, Format format) {
    Output output;
    format == Format::jsonl ? print_lines(plan, output) : print_table(plan, output);
    return output.flush();
}

}  // namespace mainstem::cli
