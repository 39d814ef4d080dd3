// Glances at the runner's status, ten times a second.
#include "cli/projection_watch.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/model_damage.hpp"
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

/// How far it is: the build under way, if there is one.
Position place_of(const ProjectionStatus& status) {
    return status.building ? status.built : status.position;
}

std::string lag_text(const ProjectionStatus& status) {
    if (status.lag_events == 0) return "up to date";
    return fmt::format("{}, {} behind", counted(status.lag_events, "event"),
                       human_duration(status.lag));
}

/// Why nothing moves, each said once.
class Notes {
public:
    Notes(const ProjectionOptions& options, Progress& progress)
        : options_(options), progress_(progress) {}

    void look(const ProjectionStatus& now) {
        if (now.state == ProjectionState::paused && !std::exchange(paused_, true)) {
            note(fmt::format("{} is paused; mainstem projection resume {} --model {} lets it go on",
                             in_quotes(now.name), now.name, options_.model));
        }
        if (now.state == ProjectionState::standing_by && ++glances_ == glances_till_told) {
            note(now.failure.empty()
                     ? fmt::format("another process runs {}; this one goes on when that ends",
                                   in_quotes(now.name))
                     : fmt::format("{} cannot go on, which is tried again and again: {}",
                                   in_quotes(now.name), now.failure));
        }
    }

private:
    void note(const std::string& text) {
        progress_.clear();
        say(text);
    }

    const ProjectionOptions& options_;
    Progress& progress_;
    bool paused_ = false;
    int glances_ = 0;
};

}  // namespace

RunnerOptions runner_options(const ProjectionOptions& options) {
    RunnerOptions runner;
    runner.on_failure.retries = static_cast<std::uint32_t>(options.retries);
    runner.on_failure.then = options.on_failure;
    return runner;
}

Result<Watched> watch(const ProjectionRunner& runner, const Store& store,
                      const ProjectionOptions& options, bool once) {
    Progress progress{"projection", "event"};
    Notes notes{options, progress};
    bool begun = false;
    bool followed = false;
    while (true) {
        const auto head = store.head();
        if (!head) return head.error();
        auto now = runner.status().front();
        notes.look(now);
        const auto events = now.building ? now.built_events : now.events;
        if (!begun) progress.begin_at(events, place_of(now).value);
        begun = begun || now.state != ProjectionState::standing_by;
        const bool reached = !now.building && now.position >= *head;
        // Who follows the store has no end to reach; how far behind it is, is what is left to say.
        followed = followed || (!once && reached);
        progress.set_total(followed ? std::nullopt : std::optional{head->value});
        if (followed) progress.set_note(lag_text(now));
        progress.update(events, place_of(now).value);
        const bool over = now.state == ProjectionState::stopped || interrupt_requested() ||
                          tells_of_damage(now.failure);
        if (over || (once && reached)) return Watched{std::move(now), reached};
        if (runner.wait_stopped(glance)) continue;
        if (once) static_cast<void>(runner.wait_until(*head, glance));
    }
}

Result<void> finished(const ProjectionOptions& options, const Watched& watched, bool once) {
    const auto& status = watched.status;
    if (tells_of_damage(status.failure)) return Error{ReadModelError::damaged, status.failure};
    if (status.state == ProjectionState::stopped && !status.failure.empty()) {
        return Error{ProjectionError::stopped,
                     fmt::format("projection {} stopped at position {}: {}; correct the file, or "
                                 "set such events aside with --on-failure skip",
                                 in_quotes(status.name), status.position.value, status.failure)};
    }
    if (once && !watched.reached) {
        const auto position = place_of(status).value;
        if (status.state != ProjectionState::stopped) {
            return interrupted(fmt::format(
                "interrupted at position {}; the same command goes on there", position));
        }
        return Error{ProjectionError::stopped,
                     fmt::format("projection {} was told to stop, at position {}; the same command "
                                 "goes on there",
                                 in_quotes(status.name), position)};
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
