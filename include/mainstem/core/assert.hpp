// Broken invariants stop the process, in release builds too. User input never trips one: it gets
// an Error. An embedder may install a handler that records the text before the process ends.
#pragma once

#include <string_view>

namespace mainstem {

/// Called with one line that names the broken invariant and its place. If it returns, the
/// process is aborted. It may be called from any thread, several times at once.
using AssertionHandler = void (*)(std::string_view text);

/// Replaces the handler (default: writes the text to standard error) and returns the former one.
/// Safe from any thread.
AssertionHandler set_assertion_handler(AssertionHandler handler) noexcept;

/// Reports a broken invariant and ends the process.
[[noreturn]] void assertion_failed(std::string_view what, const char* file, int line) noexcept;

}  // namespace mainstem

/// Stops the process with `text` unless `condition` holds.
#define MAINSTEM_ASSERT(condition, text)                                                \
    do {                                                                                \
        if (!(condition)) [[unlikely]]                                                  \
            ::mainstem::assertion_failed(text " [" #condition "]", __FILE__, __LINE__); \
    } while (false)
