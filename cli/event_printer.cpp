// The two formats as sinks.
#include "cli/event_printer.hpp"

#include <cstdint>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <mainstem/core/time_text.hpp>

#include "cli/event_follow.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_line.hpp"
#include "cli/messages.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

/// How much of an event's data a table shows, and of a query a message.
constexpr std::size_t data_width = 100;

class EventPrinter : public EventSink {
public:
    explicit EventPrinter(Output& output) : output_(output) {}

    [[nodiscard]] bool wanted() const override { return output_.wanted(); }
    /// An error stands alone, unless something was read before it.
    virtual void finish(bool /*failed*/) {}

protected:
    Output& output() { return output_; }

private:
    Output& output_;
};

class LinePrinter final : public EventPrinter {
public:
    using EventPrinter::EventPrinter;

    void take(const EventView& event) override {
        append_event_line(output().buffer(), event);
        output().pass_on_if_full();
    }
    /// Whoever reads the lines need not wait for the next one.
    void pause() override { static_cast<void>(output().flush()); }
};

class TablePrinter final : public EventPrinter {
public:
    explicit TablePrinter(Output& output)
        : EventPrinter(output),
          table_(output, {{"POSITION", Align::right},
                          {"STREAM"},
                          {"VERSION", Align::right},
                          {"TYPE"},
                          {"OCCURRED"},
                          {"DATA"}}) {}

    void take(const EventView& event) override {
        table_.add({fmt::format("{}", event.position.value), std::string{event.stream},
                    fmt::format("{}", event.version.value), std::string{event.type},
                    to_rfc3339(event.occurred_at),
                    shortened(printable(event.data.substr(0, 4 * data_width)), data_width)});
    }
    void finish(bool failed) override {
        if (failed && table_.empty()) return;
        table_.finish();
        is_live_ = true;
    }
    /// As for lines, once the columns have their widths.
    void pause() override {
        if (is_live_) static_cast<void>(output().flush());
    }

private:
    Table table_;
    bool is_live_ = false;
};

std::unique_ptr<EventPrinter> printer_for(Format format, Output& output) {
    if (format == Format::jsonl) return std::make_unique<LinePrinter>(output);
    return std::make_unique<TablePrinter>(output);
}

}  // namespace

Result<std::uint64_t> print_events(const Store& store, const EventSearch& search, Format format) {
    Output output;
    const auto printer = printer_for(format, output);
    const auto count = find_events(store, search, *printer);
    printer->finish(!count);
    auto flushed = output.flush();
    if (!count) return count;
    if (!flushed) return flushed.error();
    if (interrupt_requested()) return interrupted("interrupted while writing");
    return count;
}

Result<void> print_and_follow(const Store& store, const EventSearch& search, Position after,
                              Format format) {
    Output output;
    const auto printer = printer_for(format, output);
    const auto count = find_events(store, search, *printer);
    printer->finish(!count);
    const Result<void> followed =
        count ? follow_events(store, search, after, *count, *printer) : count.error();
    auto flushed = output.flush();
    return followed ? flushed : followed;
}

void say_nothing_found(const EventSearch& search) {
    const bool has_query = !search.query.matches_all();
    const auto query = shortened(printable(to_string(search.query)), data_width);
    if (search.stream && has_query) {
        say(fmt::format("no event of stream {} matches {}", in_quotes(*search.stream), query));
    } else if (search.stream) {
        say(fmt::format("nothing to read in stream {}", in_quotes(*search.stream)));
    } else if (has_query) {
        say(fmt::format("no event matches {}", query));
    }
}

}  // namespace mainstem::cli
