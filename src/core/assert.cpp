// Reports broken invariants. Nothing here allocates: the heap may be what is broken.
#include <mainstem/core/assert.hpp>

#include <array>
#include <atomic>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace mainstem {
namespace {

using Line = std::array<char, 2048>;

template <class... Args>
std::string_view format_into(Line& line, fmt::format_string<Args...> format, Args&&... args) {
    const auto end =
        fmt::format_to_n(line.data(), line.size(), format, std::forward<Args>(args)...).out;
    return {line.data(), end};
}

void write_to_standard_error(std::string_view text) {
    Line line;
    const auto whole = format_into(line, "mainstem: {:.2000}\n", text);
    // There is nobody left to tell if this fails.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

std::atomic<AssertionHandler> current_handler{write_to_standard_error};

}  // namespace

AssertionHandler set_assertion_handler(AssertionHandler handler) noexcept {
    return current_handler.exchange(handler != nullptr ? handler : write_to_standard_error);
}

void assertion_failed(std::string_view what, const char* file, int line) noexcept {
    Line text;
    const auto whole = line > 0 ? format_into(text, "{}:{}: {}", file, line, what)
                                : format_into(text, "{}: {}", file, what);
    current_handler.load()(whole);
    std::abort();
}

}  // namespace mainstem
