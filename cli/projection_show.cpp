// What a read model says of its projections.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/core/time_text.hpp>

#include "cli/json_object.hpp"
#include "cli/model_options.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/projection_verbs.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// What is wished and stored: whether a process runs it cannot be asked without taking the lead.
std::string_view state_of(const ProjectionRecord& record) {
    if (!record.serving) return "building";
    if (!record.failure.empty()) return "failed";
    switch (record.wish) {
        case ProjectionWish::run: return "enabled";
        case ProjectionWish::pause: return "paused";
        case ProjectionWish::stop: return "stopped";
    }
    return "enabled";
}

/// How far a projection is behind its store.
struct Lag {
    std::uint64_t events = 0;
    std::chrono::microseconds time{};  ///< since the first of these was recorded; 0 without any
};

Result<Lag> lag_of(const Store& store, Position position) {
    const auto head = store.head();
    if (!head) return head.error();
    if (position >= *head) return Lag{};
    Lag lag{.events = head->value - position.value};
    auto cursor = store.read_all({.from = position.next(), .limit = 1});
    const auto* const first = cursor.next();
    if (first == nullptr) return lag;
    if (!*first) return first->error();
    const auto since = Clock::system().now() - (*first)->recorded_at;
    lag.time = std::max(since, std::chrono::microseconds{0});
    return lag;
}

std::string text_of(const Lag& lag) {
    const auto events = counted(lag.events, "event");
    return lag.events == 0 ? events : fmt::format("{}, {}", events, human_duration(lag.time));
}

std::string as_line(const ProjectionRecord& record, const std::optional<Lag>& lag = {}) {
    JsonObject line;
    line.text("projection", record.declaration.name)
        .number("version", record.declaration.version)
        .text("state", state_of(record))
        .number("position", record.position.value)
        .number("dead_letters", record.dead_letters);
    if (lag) {
        line.number("lag_events", lag->events)
            .decimal("lag_seconds", std::chrono::duration<double>(lag->time).count());
    }
    if (!record.failure.empty()) line.text("failure", record.failure);
    return line.str() + '\n';
}

}  // namespace

Result<void> list_projections(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto all = model->projections();
    if (!all) return all.error();
    Output output;
    if (options.format == Format::jsonl) {
        for (const auto& record : *all) output.write(as_line(record));
        return output.flush();
    }
    Table table{output,
                {{"PROJECTION"},
                 {"VERSION", Align::right},
                 {"STATE"},
                 {"POSITION", Align::right},
                 {"DEAD LETTERS", Align::right}}};
    for (const auto& record : *all) {
        table.add({record.declaration.name, fmt::format("{}", record.declaration.version),
                   std::string{state_of(record)}, fmt::format("{}", record.position.value),
                   fmt::format("{}", record.dead_letters)});
    }
    table.finish();
    return output.flush();
}

Result<void> show_projection(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    const auto record = model->store()->projection(*name);
    if (!record) return record.error();
    std::optional<Lag> lag;
    if (!options.store.address.empty()) {
        const auto store = open_for_reading(options.store);
        if (!store) return store.error();
        const auto behind = lag_of(*store, record->position);
        if (!behind) return behind.error();
        lag = *behind;
    }
    if (options.format == Format::jsonl) return write_result(as_line(*record, lag));
    Listing listing;
    listing.add("projection", record->declaration.name);
    listing.add("version", fmt::format("{}", record->declaration.version));
    listing.add("state", state_of(*record));
    listing.add("position", fmt::format("{}", record->position.value));
    if (lag) listing.add("behind the store", text_of(*lag));
    for (const auto& collection : record->declaration.collections) {
        listing.add("collection", collection.name);
    }
    listing.add("dead letters", fmt::format("{}", record->dead_letters));
    if (!record->failure.empty()) listing.add("failure", record->failure);
    return write_result(listing.text());
}

Result<void> show_dead_letters(const ProjectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    const auto name = projection_name(*model, options.what);
    if (!name) return name.error();
    Output output;
    Table table{output, {{"POSITION", Align::right}, {"SET ASIDE"}, {"ERROR"}}};
    Position after;
    while (output.wanted()) {
        const auto letters = model->store()->dead_letters(*name, after, 1'000);
        if (!letters) return letters.error();
        if (letters->empty()) break;
        for (const auto& letter : *letters) {
            after = letter.position;
            if (options.format == Format::jsonl) {
                output.write(JsonObject{}
                                 .number("position", letter.position.value)
                                 .text("at", to_rfc3339(letter.at))
                                 .text("error", letter.error)
                                 .str() +
                             '\n');
            } else {
                table.add({fmt::format("{}", letter.position.value), to_rfc3339(letter.at),
                           letter.error});
            }
        }
    }
    if (options.format == Format::table) table.finish();
    return output.flush();
}

}  // namespace mainstem::cli
