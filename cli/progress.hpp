// The progress bar on standard error: one line that is written over and over, at most ten times a
// second, and nothing at all when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mainstem::cli {

/// How far something is.
struct ProgressState {
    std::string label;                        ///< `import`
    std::string unit;                         ///< `event`
    std::uint64_t count = 0;                  ///< units done, for the rate
    std::uint64_t done = 0;                   ///< of `total`, often bytes
    std::optional<std::uint64_t> total = {};  ///< nullopt if nobody knows: then there is no bar
    std::uint64_t done_before = 0;            ///< of `done`, before it began
    std::chrono::nanoseconds elapsed{0};
    std::string note = {};  ///< what else there is to say, at the end
};

/// The line for a state, at most `width` columns: bar, per cent, count, rate, time to go. Where
/// there is little room, the bar is short or left out.
[[nodiscard]] std::string progress_line(const ProgressState& state, std::size_t width);

/// One thread at a time. Clears its line when it is destroyed.
class Progress {
public:
    Progress(std::string label, std::string unit);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    void set_total(std::optional<std::uint64_t> total) { state_.total = total; }
    void set_note(std::string note) { state_.note = std::move(note); }
    /// It goes on where so much of the total is done, `count` units of which are new; it begins now
    /// if there are none.
    void begin_at(std::uint64_t count, std::uint64_t done);
    void update(std::uint64_t count, std::uint64_t done);
    /// Takes the line away, for a message or for the end; the next update brings it back.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    ProgressState state_;
    bool on_terminal_;
    bool shown_ = false;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point last_shown_;
};

}  // namespace mainstem::cli
