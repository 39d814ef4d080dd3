// Times as text: by the calendar of <chrono>, since GCC 12 has neither its formatting nor parsing.
#include <mainstem/core/time_text.hpp>

#include <chrono>

#include <fmt/format.h>

namespace mainstem {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): the calendar's short names

/// Years in which the calendar repeats itself, and their days.
constexpr int cycle_years = 400;
constexpr int cycle_days = 146'097;

std::string date_of(sys_days day) {
    // The calendar holds some 30,000 years only, a Timestamp ten times as many.
    const auto cycles =
        floor<duration<int, std::ratio<std::int64_t{cycle_days} * 86'400>>>(day.time_since_epoch());
    const year_month_day date{day - cycles};
    const auto year = int{date.year()} + cycles.count() * cycle_years;
    const auto year_text =
        year >= 0 && year <= 9999 ? fmt::format("{:04}", year) : fmt::format("{:+05}", year);
    return fmt::format("{}-{:02}-{:02}", year_text, unsigned{date.month()}, unsigned{date.day()});
}

std::string fraction_of(microseconds part) {
    if (part == microseconds{0}) return "";
    if (part % milliseconds{1} == microseconds{0})
        return fmt::format(".{:03}", duration_cast<milliseconds>(part).count());
    return fmt::format(".{:06}", part.count());
}

/// Takes a text apart from its beginning.
class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    bool take(char wanted) noexcept {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// One digit, or -1.
    int digit() noexcept {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    /// A number of exactly `digits` digits that is at most `most`, or -1.
    int number(int digits, int most) noexcept {
        int value = 0;
        for (int i = 0; i < digits; ++i) {
            const int next = digit();
            if (next < 0) return -1;
            value = value * 10 + next;
        }
        return value <= most ? value : -1;
    }

private:
    std::string_view rest_;
};

std::optional<sys_days> read_date(Reader& in) noexcept {
    const int y = in.number(4, 9999);
    if (y < 1 || !in.take('-')) return std::nullopt;
    const int m = in.number(2, 12);
    if (m < 1 || !in.take('-')) return std::nullopt;
    const int d = in.number(2, 31);
    if (d < 1) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)},
                              day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date};
}

std::optional<seconds> read_clock(Reader& in) noexcept {
    const int h = in.number(2, 23);
    if (h < 0 || !in.take(':')) return std::nullopt;
    const int m = in.number(2, 59);
    if (m < 0 || !in.take(':')) return std::nullopt;
    const int s = in.number(2, 59);
    if (s < 0) return std::nullopt;
    return hours{h} + minutes{m} + seconds{s};
}

/// None is 0; nullopt for a point without digits.
std::optional<microseconds> read_fraction(Reader& in) noexcept {
    microseconds fraction{0};
    if (!in.take('.')) return fraction;
    int next = in.digit();
    if (next < 0) return std::nullopt;
    for (microseconds unit{100'000}; next >= 0; next = in.digit(), unit /= 10)
        fraction += next * unit;
    return fraction;
}

/// How far the zone is ahead of UTC; no zone is UTC.
std::optional<minutes> read_zone(Reader& in) noexcept {
    if (in.at_end() || in.take('Z') || in.take('z')) return minutes{0};
    const bool is_ahead = in.take('+');
    if (!is_ahead && !in.take('-')) return std::nullopt;
    const int h = in.number(2, 23);
    if (h < 0) return std::nullopt;
    const bool has_minutes = in.take(':') || !in.at_end();
    const int m = has_minutes ? in.number(2, 59) : 0;
    if (m < 0) return std::nullopt;
    const auto offset = hours{h} + minutes{m};
    return is_ahead ? offset : -offset;
}

constexpr bool in_range(Timestamp time) noexcept {
    constexpr sys_days begin{year{1} / January / 1};
    constexpr sys_days end = sys_days{year{9999} / December / 31} + days{1};
    return begin <= time && time < end;
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
    const auto day = floor<days>(time);
    // Not `time - day`: the first day that a Timestamp reaches begins before it can count.
    auto time_of_day = time.time_since_epoch() % days{1};
    if (time_of_day < microseconds{0}) time_of_day += days{1};
    const hh_mm_ss<microseconds> clock{time_of_day};
    return fmt::format("{}T{:02}:{:02}:{:02}{}Z", date_of(day), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(),
                       fraction_of(clock.subseconds()));
}

std::optional<Timestamp> parse_time(std::string_view text) noexcept {
    Reader in{text};
    const auto date = read_date(in);
    if (!date || !(in.take('T') || in.take('t') || in.take(' '))) return std::nullopt;
    const auto clock = read_clock(in);
    if (!clock) return std::nullopt;
    const auto fraction = read_fraction(in);
    if (!fraction) return std::nullopt;
    const auto ahead = read_zone(in);
    if (!ahead || !in.at_end()) return std::nullopt;

    const Timestamp time = *date + *clock + *fraction - *ahead;
    if (!in_range(time)) return std::nullopt;
    return time;
}

}  // namespace mainstem
