// The text of the bar, and the terminal that it is drawn on.
#include "cli/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bar_most = 24;
/// A bar of fewer places says less than the per cent beside it.
constexpr std::size_t bar_least = 4;
constexpr std::size_t default_width = 80;
constexpr auto redraw_interval = 100ms;

std::string bar(double share, std::size_t width) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    return fmt::format("  [{}{}]", std::string(full, '#'), std::string(width - full, '.'));
}

std::string clock_text(std::chrono::nanoseconds duration) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::size_t terminal_width() {
    struct winsize size = {};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return default_width;
    return size.ws_col;
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t width) {
    const auto total = state.total.value_or(0);
    const auto done = std::min(state.done, total);
    const auto share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0.0;
    std::string text;
    if (total > 0) text += fmt::format(" {:3.0f} %", share * 100);
    text += "  " + counted(state.count, state.unit);
    if (const auto rate = per_second(state.count, state.elapsed); rate > 0) {
        text += fmt::format("  {}/s", with_thousands(rate));
    }
    // What was done before it began says nothing of its pace.
    if (done > state.done_before && done < total) {
        const auto left = std::chrono::duration<double, std::nano>(state.elapsed) *
                          static_cast<double>(total - done) /
                          static_cast<double>(done - state.done_before);
        text += "  ETA " + clock_text(std::chrono::duration_cast<std::chrono::nanoseconds>(left));
    }
    if (!state.note.empty()) text += "  " + state.note;
    // The bar gives way to the text.
    const auto taken = display_width(state.label) + display_width(text) + bar(0, 0).size();
    const auto places = std::min(bar_most, width - std::min(width, taken));
    const bool has_bar = total > 0 && places >= bar_least;
    return shortened(state.label + (has_bar ? bar(share, places) : "") + text, width);
}

Progress::Progress(std::string label, std::string unit)
    : state_{.label = std::move(label), .unit = std::move(unit)},
      on_terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::update(std::uint64_t count, std::uint64_t done) {
    if (!on_terminal_) return;
    const auto now = Clock::now();
    if (now - last_shown_ < redraw_interval) return;
    last_shown_ = now;
    state_.count = count;
    state_.done = done;
    state_.elapsed = now - begin_;
    const auto line = "\r" + progress_line(state_, terminal_width() - 1) + "\x1b[K";
    static_cast<void>(std::fputs(line.c_str(), stderr));
    shown_ = true;
}

void Progress::begin_at(std::uint64_t count, std::uint64_t done) {
    state_.done_before = done - std::min(done, count);
    if (count == 0) begin_ = Clock::now();
}

void Progress::clear() {
    if (!shown_) return;
    static_cast<void>(std::fputs("\r\x1b[K", stderr));
    shown_ = false;
}

}  // namespace mainstem::cli
