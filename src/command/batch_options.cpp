// The names of the errors of batch processors, and the machine's time.
#include <mainstem/command/batch_options.hpp>

namespace mainstem {
namespace {

class SystemTimer final : public BatchTimer {
public:
    [[nodiscard]] Time now() const noexcept override { return std::chrono::steady_clock::now(); }
    void wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
              Time until) override {
        changed.wait_until(lock, until);
    }
};

}  // namespace

std::string_view name(BatchError code) noexcept {
    switch (code) {
        case BatchError::refused: return "refused";
        case BatchError::stopped: return "stopped";
        case BatchError::no_answer: return "no_answer";
        case BatchError::failed: return "failed";
    }
    return "unknown";
}

bool retryable(BatchError code) noexcept { return code == BatchError::refused; }

BatchTimer& BatchTimer::system() noexcept {
    static SystemTimer timer;
    return timer;
}

}  // namespace mainstem
