// Folding and deciding without a store, and what is said when it ends otherwise than expected.
#include <mainstem/testing/scenario.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/command/executor_options.hpp>

#include "testing/event_diff.hpp"

namespace mainstem::testing::detail {
namespace {

using mainstem::detail::CommandCall;
using mainstem::detail::States;
using mainstem::detail::Verdict;

[[noreturn]] void fail(const std::source_location& where, std::string_view text) {
    throw ScenarioFailure{fmt::format("{}:{}: {}", where.file_name(), where.line(), text)};
}

/// What one command reads of the events that there are.
class Reading {
public:
    explicit Reading(const CommandCall& call)
        : streams_(call.streams().release()),
          declares_streams_(call.declares_streams()),
          query_(call.query()) {
        if (!query_) return;
        anywhere_ = *query_;
        for (auto& item : anywhere_.items) item.stream_prefix.clear();
    }

    [[nodiscard]] const std::vector<StreamId>& streams() const noexcept { return streams_; }
    [[nodiscard]] bool declares(const StreamId& stream) const {
        return std::ranges::find(streams_, stream) != streams_.end();
    }
    /// True if one of them is new.
    bool add(const Streams& streams) {
        const auto before = streams_.size();
        for (const auto& stream : streams) {
            if (!declares(stream)) streams_.push_back(stream);
        }
        return streams_.size() > before;
    }
    [[nodiscard]] bool reads(const ScenarioEvent& event, const EventView& view) const {
        if (event.stream) return declares(*event.stream) || (query_ && query_->matches(view));
        return declares_streams_ || anywhere_.matches(view);
    }

private:
    std::vector<StreamId> streams_;
    bool declares_streams_;
    std::optional<EventQuery> query_;
    EventQuery anywhere_;  ///< the query without its streams
};

/// The events that the command reads, each as it would be seen in a store.
template <class Take>
Result<void> each_read(const ScenarioEvents& given, const Reading& reading, const Take& take) {
    std::uint64_t position = 0;
    for (const auto& event : given) {
        std::string tags;
        TagsView::pack(event.event.tags, tags);
        const EventView view{.position = {++position},
                             .version = {position},
                             .stream = event.stream ? event.stream->view() : "given",
                             .type = event.event.type,
                             .id = event.event.id,
                             .recorded_at = {},
                             .occurred_at = {},
                             .tags = TagsView{tags},
                             .metadata = {},
                             .content_type = event.event.content_type,
                             .data = event.event.data};
        if (!reading.reads(event, view)) continue;
        if (auto taken = take(event, view); !taken) return taken;
    }
    return {};
}

/// What a command decides on: one state, or one for each stream.
class Folded {
public:
    Folded(const ScenarioEvents& given, const Reading& reading, CommandCall& call,
           const std::source_location& where)
        : streams_(reading.streams()) {
        const auto done = call.by_stream() ? by_stream(given, reading, call, where)
                                           : together(given, reading, call);
        if (!done) fail(where, done.error().message());
        for (const auto& state : states_) pointers_.push_back(state.get());
    }
    [[nodiscard]] States states() const { return {streams_, pointers_}; }

private:
    Result<void> together(const ScenarioEvents& given, const Reading& reading, CommandCall& call) {
        call.forget_kept();
        auto kept = each_read(given, reading,
                              [&](const auto&, const EventView& view) { return call.keep(view); });
        states_.push_back(call.fold_kept());
        return kept;
    }
    Result<void> by_stream(const ScenarioEvents& given, const Reading& reading,
                           const CommandCall& call, const std::source_location& where) {
        for (std::size_t i = 0; i < streams_.size(); ++i) states_.emplace_back(call.state_type());
        return each_read(given, reading, [&](const ScenarioEvent& event, const EventView& view) {
            if (!event.stream && streams_.size() > 1) {
                fail(where, fmt::format("the command has a state for each stream: say of which one "
                                        "{} is, by at(\"stream\", event)",
                                        view.type));
            }
            const auto at =
                event.stream ? std::ranges::find(streams_, *event.stream) : streams_.begin();
            return states_[static_cast<std::size_t>(at - streams_.begin())].apply(view);
        });
    }

    std::vector<StreamId> streams_;
    std::vector<mainstem::detail::AnyState> states_;
    std::vector<const void*> pointers_;
};

Folded fold(const ScenarioEvents& given, Reading& reading, CommandCall& call,
            const std::source_location& where) {
    for (std::uint32_t round = 0; round <= ExecutorOptions{}.discovery_rounds; ++round) {
        Folded folded{given, reading, call, where};
        if (!reading.add(call.discover(folded.states()))) return folded;
    }
    fail(where, "the command discovers more and more streams");
}

/// Each event with its sign.
std::string lines(char sign, const std::vector<ShownEvent>& events) {
    std::string text;
    for (const auto& event : events) text += fmt::format("\n  {} {}", sign, line_of(event));
    return text;
}

std::vector<ShownEvent> shown(const ScenarioEvents& events) {
    std::vector<ShownEvent> all;
    all.reserve(events.size());
    for (const auto& [stream, event] : events) {
        all.push_back({stream ? stream->view() : std::string_view{}, &event});
    }
    return all;
}

std::vector<ShownEvent> shown(const std::vector<StreamEvent>& events) {
    std::vector<ShownEvent> all;
    all.reserve(events.size());
    for (const auto& [stream, event] : events) all.push_back({stream.view(), &event});
    return all;
}

std::string outcome_of(const ScenarioDecision& decided) {
    if (decided.verdict == Verdict::rejected) return "rejected: " + decided.rejection;
    if (decided.events.empty()) return "decided nothing";
    return "decided events:" + lines('+', shown(decided.events));
}

}  // namespace

ScenarioDecision decide(const ScenarioEvents& given, CommandCall& call,
                        const std::source_location& where) {
    Reading reading{call};
    const auto folded = fold(given, reading, call, where);
    ScenarioDecision decided{};
    const auto verdict = call.decide(folded.states(), decided.events);
    if (!verdict) fail(where, verdict.error().message());
    decided.verdict = *verdict;
    for (const auto& [stream, event] : decided.events) {
        if (!call.declares_streams() || reading.declares(stream)) continue;
        fail(where, fmt::format("the command decided {} for stream \"{}\", which it does not "
                                "declare; add it to `streams()`",
                                event.type, stream.view()));
    }
    return decided;
}

void expect_events(const ScenarioEvents& expected, const ScenarioDecision& decided,
                   const std::source_location& where) {
    const auto wanted = shown(expected);
    const auto found = shown(decided.events);
    const bool accepted = decided.verdict != Verdict::rejected;
    if (accepted && std::ranges::equal(wanted, found, same_event)) return;
    if (accepted && !wanted.empty() && !found.empty()) {
        fail(where, "decided other events than expected (-: expected, +: decided):" +
                        event_diff(wanted, found));
    }
    fail(where, wanted.empty() ? "expected nothing to record, " + outcome_of(decided)
                               : fmt::format("expected events:{}\n{}", lines('-', wanted),
                                             outcome_of(decided)));
}

void expect_rejection(std::string_view expected, bool same, const ScenarioDecision& decided,
                      const std::source_location& where) {
    if (same) return;
    fail(where, fmt::format("expected rejection: {}, {}", expected, outcome_of(decided)));
}

}  // namespace mainstem::testing::detail
