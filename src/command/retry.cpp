// How long to wait, and waiting.
#include <mainstem/command/retry.hpp>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace mainstem {
namespace {

class SystemWaiter final : public Waiter {
public:
    TimePoint now() override { return std::chrono::steady_clock::now(); }
    void wait(TimePoint until, const std::stop_token& stop) override {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock{mutex};
        stopped.wait_until(lock, stop, until, [] { return false; });
    }
};

}  // namespace

std::chrono::nanoseconds RetryPolicy::wait(std::uint32_t attempts, double chance) const noexcept {
    using Seconds = std::chrono::duration<double>;
    const double grown = Seconds{first}.count() * std::pow(factor, attempts - 1.0);
    const double most = std::min(grown, Seconds{longest}.count());
    const double less = most * (1.0 - std::clamp(jitter, 0.0, 1.0) * chance);
    if (less >= Seconds{longest}.count()) return longest;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds{std::max(less, 0.0)});
}

Waiter& Waiter::system() {
    static SystemWaiter waiter;
    return waiter;
}

}  // namespace mainstem
