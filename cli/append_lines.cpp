// From lines to requests, and from a request's conflict back to its line.
#include "cli/append_lines.hpp"

#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

#include "cli/batch_expectations.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_line.hpp"
#include "cli/line_reader.hpp"
#include "cli/messages.hpp"
#include "cli/progress.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr Bytes longest_line{limits::payload.value * 2};
/// With one more event of the largest size this stays far below what a request may have.
constexpr std::uint64_t batch_bytes = 8ULL << 20;

class LineAppender {
public:
    LineAppender(AppendTarget& target, Input& input, const AppendLinesOptions& options,
                 const BatchDone& done)
        : target_(target), input_(input), options_(options), done_(done) {
        request_.durability = options.durability;
        request_.unless = options.unless;
        progress_.set_total(input.size());
    }

    Result<void> run() {
        LineReader reader{input_, longest_line};
        InputLine line;
        while (true) {
            const auto got = reader.next(line);
            if (!got) return stopped(got.error());
            if (!*got) break;
            if (line.text.find_first_not_of(" \t") == std::string_view::npos) continue;
            if (is_one_request() && request_.events.size() == options_.batch) {
                return too_many(line.number);
            }
            if (auto taken = take(line); !taken) return taken;
            if (!is_full()) continue;
            if (auto stored = store_batch(); !stored) return stored;
            if (interrupt_requested()) return stopped(interrupted(""));
        }
        if (!request_.events.empty()) return store_batch();
        if (stored_ == 0) say(fmt::format("no events in {}", options_.name));
        return {};
    }

private:
    /// A condition holds for one request: of several batches, the second would run into what the
    /// first has stored, or others could come between.
    [[nodiscard]] bool is_one_request() const { return !options_.unless.empty(); }
    /// One request takes what there is, until it is so large that the store is sure to refuse it.
    [[nodiscard]] bool is_full() const {
        if (is_one_request()) return bytes_ > limits::request.value;
        return request_.events.size() >= options_.batch || bytes_ >= batch_bytes;
    }

    Result<void> take(const InputLine& line) {
        if (line.too_long) {
            return bad(line.number, fmt::format("it is longer than {} bytes", longest_line.value));
        }
        auto decoded = decode_event_line(line.text);
        if (!decoded) return bad(line.number, decoded.error().message());
        AppendRequest alone;
        alone.events.push_back({std::move(decoded->stream), std::move(decoded->event)});
        if (const auto checked = check_request(alone); !checked) {
            return bad(line.number, reason_for_one(checked.error()));
        }
        auto& entry = request_.events.emplace_back(std::move(alone.events.front()));
        if (request_.events.size() == 1) first_line_ = line.number;
        expectations_.add(line.number, entry.stream, decoded->expect);
        bytes_ += entry.stream.view().size() + entry.event.type.size() + entry.event.data.size();
        return {};
    }

    Result<void> store_batch() {
        if (const auto stream = expectations_.contradiction()) {
            const auto version = target_.version_of(*stream);
            if (!version) return stopped(version.error());
            return conflict(*stream, *version);
        }
        request_.expect = expectations_.for_request();
        const auto appended = target_.append(request_);
        if (!appended) {
            const auto& error = appended.error();
            if (error == StoreError::id_reused) return reused(error);
            if (!error.conflict()) return stopped(error);
            if (error.conflict()->stream.empty()) return met_condition(error);
            return conflict(error.conflict()->stream, error.conflict()->actual);
        }
        progress_.clear();
        done_(*appended);
        stored_ += request_.events.size();
        progress_.update(stored_, input_.offset());
        request_.events.clear();
        expectations_.clear();
        bytes_ = 0;
        return {};
    }

    /// What became of the lines before an error.
    [[nodiscard]] std::string kept() const {
        return fmt::format("{} of earlier batches stored", counted(stored_, "event"));
    }
    /// The same, and of the batch in hand.
    [[nodiscard]] std::string kept_without_batch() const {
        return fmt::format("nothing of the batch that begins in line {} is stored, {}", first_line_,
                           kept());
    }

    [[nodiscard]] Error bad(std::uint64_t line, const std::string& what) const {
        return {CliError::failed, fmt::format("{}:{}: {}; {}", options_.name, line, what, kept())};
    }

    [[nodiscard]] Error conflict(const StreamId& stream, Version before) const {
        const auto unmet = expectations_.first_unmet(stream, before);
        const auto line = unmet ? unmet->line : first_line_;
        const auto wanted = unmet ? unmet->wanted.as_expected() : ExpectedVersion{};
        const auto version = unmet ? unmet->found : before;
        const auto found =
            version.value == 0 ? std::string{"none"} : fmt::format("version {}", version.value);
        return {StoreError::conflict,
                fmt::format("{}:{}: {}: expected {}, found {}; {}", options_.name, line,
                            stream.view(), wanted.to_string(), found, kept_without_batch())};
    }

    /// Then all lines are one request, and none is to blame.
    [[nodiscard]] Error met_condition(const Error& error) const {
        return {StoreError::conflict,
                fmt::format("{}: {}; nothing is stored", options_.name, error.message())};
    }
    [[nodiscard]] Error too_many(std::uint64_t line) const {
        return {CliError::usage,
                fmt::format("{}:{}: with a condition all lines are stored together, and these are "
                            "more than {}; raise --batch up to {}, or divide them; nothing is "
                            "stored",
                            options_.name, line, options_.batch, batch_most)};
    }

    /// A request is known by the id of its first event.
    [[nodiscard]] Error reused(const Error& error) const {
        return {StoreError::id_reused, fmt::format("{}:{}: {}; {}", options_.name, first_line_,
                                                   error.message(), kept_without_batch())};
    }

    /// An error that no line is to blame for.
    [[nodiscard]] Error stopped(const Error& error) const {
        if (error == CliError::interrupted) {
            return interrupted(fmt::format("interrupted; {}", kept()));
        }
        return error.in(fmt::format("{}, {}", options_.name, kept()));
    }

    AppendTarget& target_;
    Input& input_;
    const AppendLinesOptions& options_;
    const BatchDone& done_;
    AppendRequest request_;
    BatchExpectations expectations_;
    std::uint64_t first_line_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t stored_ = 0;
    Progress progress_{"append", "event"};
};

}  // namespace

Result<void> append_lines(AppendTarget& target, Input& input, const AppendLinesOptions& options,
                          const BatchDone& done) {
    return LineAppender{target, input, options, done}.run();
}

}  // namespace mainstem::cli
