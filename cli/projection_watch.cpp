// Glances at the runner's status, ten times a second.
#include "cli/projection_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

/// How often a person is shown how far it is.
constexpr auto glance = 100ms;
/// Who stands by for longer does so because another process leads.
constexpr int glances_till_told = 10;

}  // namespace

RunnerOptions runner_options(const ProjectionOptions& options) {
    RunnerOptions runner;
    runner.on_failure.retries = static_cast<std::uint32_t>(options.retries);
    runner.on_failure.then = options.on_failure;
    return runner;
}

Result<ProjectionStatus> watch(const ProjectionRunner& runner, const Store& store, bool once) {
    Progress progress{"projection", "event"};
    bool told = false;
    int glances = 0;
    while (true) {
        const auto head = store.head();
        if (!head) return head.error();
        auto now = runner.status().front();
        if (now.state == ProjectionState::paused && !std::exchange(told, true)) {
            say(fmt::format("{} is paused; mainstem projection resume {} lets it go on",
                            in_quotes(now.name), now.name));
        }
        if (now.state == ProjectionState::standing_by && ++glances == glances_till_told) {
            say(fmt::format("another process runs {}; this one goes on when that ends",
                            in_quotes(now.name)));
        }
        const auto at = now.building ? now.built : now.position;
        progress.set_total(head->value);
        progress.update(now.events, at.value);
        if (now.state == ProjectionState::stopped || interrupt_requested()) return now;
        if (once && !now.building && now.position >= *head) return now;
        if (runner.wait_stopped(glance)) return runner.status().front();
        if (once) static_cast<void>(runner.wait_until(*head, glance));
    }
}

Result<void> finished(const ProjectionOptions& options, const ProjectionStatus& status) {
    if (status.state == ProjectionState::stopped && !status.failure.empty()) {
        return Error{ProjectionError::stopped,
                     fmt::format("projection {} stopped at position {}: {}; correct the file, or "
                                 "set such events aside with --on-failure skip",
                                 in_quotes(status.name), status.position.value, status.failure)};
    }
    if (status.set_aside > 0) {
        say(fmt::format("{} set aside; mainstem projection dead-letters {} --model {} shows them",
                        counted(status.set_aside, "event"), status.name, options.model));
    }
    return write_result(options.format == Format::jsonl
                            ? JsonObject{}
                                      .text("projection", status.name)
                                      .number("position", status.position.value)
                                      .number("events", status.events)
                                      .number("set_aside", status.set_aside)
                                      .str() +
                                  '\n'
                            : fmt::format("{} is at position {}; {} read\n", status.name,
                                          status.position.value, counted(status.events, "event")));
}

}  // namespace mainstem::cli
