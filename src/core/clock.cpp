// The machine's clock.
#include <mainstem/core/clock.hpp>

namespace mainstem {
namespace {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const noexcept override {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
};

}  // namespace

const Clock& Clock::system() noexcept {
    static const SystemClock clock;
    return clock;
}

}  // namespace mainstem
