// Finding the place where to go on, and carrying rows into batches.
#include "cli/import_run.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/store/store.hpp>

#include "cli/bad_rows.hpp"
#include "cli/exit_code.hpp"
#include "cli/import_batches.hpp"
#include "cli/import_checkpoint.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/json_text.hpp"
#include "cli/messages.hpp"
#include "cli/open_store.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr std::string_view run_again = "run the same command again to go on";

/// What must be the same in every run of one import, as a JSON object.
std::string fixed_options(const ImportOptions& options, ImportFormat format) {
    std::vector<std::string> tags;
    tags.reserve(options.mapping.tags.size());
    for (const auto& tag : options.mapping.tags) append_json_string(tags.emplace_back(), tag);
    return JsonObject{}
        .text("format", format == ImportFormat::csv ? "csv" : "json lines")
        .text("--stream", options.mapping.stream)
        .text("--type", options.mapping.type)
        .text("--time", options.mapping.time)
        .text("--sort", options.sort_by_time ? "time" : "")
        .text("--stream-prefix", options.mapping.stream_prefix)
        .json("--tag", json_array(tags))
        .str();
}

class Import {
public:
    Import(const ImportOptions& options, Input& input, ImportRows& rows, Store& store,
           StoredCheckpoint begin)
        : options_(options),
          input_(input),
          rows_(rows),
          batches_(store.backend(), checkpoint_stream(options.source), begin.version,
                   static_cast<std::size_t>(options.batch)),
          begin_(begin.checkpoint),
          now_(std::move(begin.checkpoint)) {
        if (options.bad_rows) bad_rows_.emplace(*options.bad_rows, rows.header());
        progress_.set_total(input.size());
    }

    Result<ImportReport> run(std::string fixed) {
        now_.options = std::move(fixed);
        auto moved = options_.sort_by_time ? carry_sorted() : carry();
        progress_.clear();
        if (!moved) return moved.error();
        ImportReport report;
        report.rows = now_.rows;
        report.events = now_.events - begin_.events;
        report.events_before = begin_.events;
        report.bad_rows = now_.bad_rows;
        report.skipped = now_.skipped;
        report.was_finished = begin_.finished && now_ == begin_;
        return report;
    }

private:
    /// Carries rows in the order of the file.
    Result<void> carry() {
        if (auto resumed = go_to_begin(); !resumed) return resumed;
        ImportRow row;
        while (true) {
            const auto got = rows_.next(row);
            if (!got) return stopped(got.error());
            if (!*got) break;
            if (auto taken = take(row); !taken) return taken;
            if (row.kind == ImportRow::Kind::event) batches_.add(std::move(row.entry));
            if (batches_.is_full()) {
                if (auto stored = store_batch(false); !stored) return stored;
            }
        }
        return finish();
    }

    /// Carries all rows in the order of their times: reads all, then leaves out what earlier runs
    /// have stored.
    Result<void> carry_sorted() {
        std::vector<StreamEvent> entries;
        ImportRow row;
        while (true) {
            const auto got = rows_.next(row);
            if (!got) return stopped(got.error());
            if (!*got) break;
            if (auto taken = take(row); !taken) return taken;
            if (row.kind == ImportRow::Kind::event) entries.push_back(std::move(row.entry));
            if (interrupt_requested()) return stop_after_interrupt();
        }
        if (is_new()) {
            now_.bytes = input_.offset();
            now_.fingerprint = input_.fingerprint();
        } else if (now_.bytes != input_.offset() || now_.fingerprint != input_.fingerprint()) {
            return other_file();
        }
        std::ranges::stable_sort(entries, {}, [](const StreamEvent& entry) {
            return entry.event.occurred_at.value_or(Timestamp{});
        });
        for (auto at = now_.events; at < entries.size(); ++at) {
            batches_.add(std::move(entries[at]));
            if (batches_.is_full()) {
                if (auto stored = store_batch(false); !stored) return stored;
            }
        }
        return finish();
    }

    /// Skips what earlier runs have dealt with, after making sure that it is the same.
    Result<void> go_to_begin() {
        if (is_new()) return {};
        if (input_.offset() > now_.bytes) return other_file();
        const auto skipped = input_.skip_to(now_.bytes);
        if (!skipped) return skipped.error();
        if (!*skipped || input_.fingerprint() != now_.fingerprint) return other_file();
        if (input_.last_consumed() == '\n') return {};
        // The last row had no line break. If the file has grown, that row may have, too.
        if (input_.ahead().empty()) {
            const auto more = input_.read_more();
            if (!more) return more.error();
            if (!*more) return {};
        }
        if (input_.ahead().starts_with('\n') || input_.ahead().starts_with("\r\n")) return {};
        return Error{CliError::failed,
                     fmt::format("the last row that was imported has grown in {}; import the rest "
                                 "from a file of its own",
                                 in_quotes(options_.file))};
    }

    /// Counts a row; sets a bad one aside or stops at it.
    Result<void> take(const ImportRow& row) {
        if (!row.continues) {
            ++read_rows_;
            progress_.update(read_rows_, input_.offset());
        }
        if (row.kind == ImportRow::Kind::skipped) ++skipped_;
        if (row.kind != ImportRow::Kind::fault) return {};
        const auto& file = options_.file == "-" ? options_.source : options_.file;
        const auto place = fmt::format("{}:{}: {}", file, row.line, row.fault);
        if (!bad_rows_) {
            return Error{CliError::failed,
                         fmt::format("{}; {} before it stored; correct the row and run the same "
                                     "command again, or set such rows aside with --bad-rows FILE",
                                     place, counted(now_.events, "event"))};
        }
        if (!row.continues) {
            ++bad_;
            progress_.clear();
            say(place);
        }
        // A sorted import reads every row in every run, and has written these before.
        if (options_.sort_by_time && !is_new()) return {};
        if (auto added = bad_rows_->add(row.raw); !added) return added;
        const bool is_last = input_.ahead().empty() && !row.raw.ends_with('\n');
        return is_last ? bad_rows_->add("\n") : Result<void>{};
    }

    Result<void> finish() {
        if (now_.finished && batches_.size() == 0 && read_rows_ == 0) return {};
        if (options_.sort_by_time && now_.finished) return {};
        return store_batch(true);
    }

    Result<void> store_batch(bool finished) {
        if (bad_rows_) {
            if (auto written = bad_rows_->write(); !written) return written;
        }
        auto after = now_;
        after.finished = finished;
        after.events += batches_.size();
        if (options_.sort_by_time) {
            after.rows = read_rows_;
            after.bad_rows = bad_;
            after.skipped = skipped_;
        } else {
            after.rows = begin_.rows + read_rows_;
            after.bad_rows = begin_.bad_rows + bad_;
            after.skipped = begin_.skipped + skipped_;
            after.bytes = input_.offset();
            after.fingerprint = input_.fingerprint();
        }
        if (auto stored = batches_.store(after); !stored) return stopped(stored.error());
        now_ = std::move(after);
        if (interrupt_requested() && !finished) return stop_after_interrupt();
        return {};
    }

    [[nodiscard]] bool is_new() const { return begin_.fingerprint.empty(); }

    [[nodiscard]] Error other_file() const {
        return {CliError::failed,
                fmt::format("{} is another file than the one that was imported as {}; give it "
                            "another name with --source",
                            in_quotes(options_.file), in_quotes(options_.source))};
    }

    [[nodiscard]] Error stop_after_interrupt() const {
        return interrupted(
            fmt::format("interrupted; {} stored; {}", counted(now_.events, "event"), run_again));
    }

    /// An error that is not about a row: says how far the import is.
    [[nodiscard]] Error stopped(const Error& error) const {
        if (error == CliError::interrupted) return stop_after_interrupt();
        const auto place =
            fmt::format("{}, after {}", options_.source, counted(now_.events, "event"));
        const bool can_go_on = error == StoreError::stopped || error == StoreError::outcome_unknown;
        if (!can_go_on) return error.in(place);
        return Error{CliError::failed,
                     fmt::format("{}: {}; then {}", place, error.message(), run_again)};
    }

    const ImportOptions& options_;
    Input& input_;
    ImportRows& rows_;
    ImportBatches batches_;
    ImportCheckpoint begin_;  ///< where this run began
    ImportCheckpoint now_;    ///< what is stored
    std::optional<BadRows> bad_rows_;
    Progress progress_{"import", "row"};
    std::uint64_t read_rows_ = 0;
    std::uint64_t bad_ = 0;
    std::uint64_t skipped_ = 0;
};

Result<void> check_bad_rows_file(const ImportOptions& options) {
    if (options.bad_rows && same_file(*options.bad_rows, options.file)) {
        return Error{CliError::usage, "--bad-rows cannot be the file that is imported"};
    }
    return {};
}

}  // namespace

Result<ImportReport> run_import(const ImportOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    if (auto checked = check_bad_rows_file(options); !checked) return checked.error();
    auto input = Input::open(options.file);
    if (!input) return input.error();
    const auto format = import_format(*input);
    if (!format) return format.error();
    auto rows = open_rows(*format, *input, options.mapping);
    if (!rows) return rows.error().in(options.file);

    auto store = open_for_writing(options.store);
    if (!store) return store.error();
    auto last = last_checkpoint(store->backend(), checkpoint_stream(options.source));
    if (!last) return last.error();
    auto fixed = fixed_options(options, *format);
    if (const auto changed = changed_option(last->checkpoint.options, fixed);
        changed && last->version.value > 0) {
        return Error{CliError::failed,
                     fmt::format("the import {} was begun with other options: {}; use the same, or "
                                 "another name with --source",
                                 in_quotes(options.source), *changed)};
    }
    Import import{options, *input, **rows, *store, std::move(*last)};
    auto report = import.run(std::move(fixed));
    if (report) report->elapsed = std::chrono::steady_clock::now() - begin;
    return report;
}

}  // namespace mainstem::cli
