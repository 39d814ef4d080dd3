// The bare group commit.
#include "cli/bare_loop.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <linux/futex.h>
#include <mutex>
#include <optional>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <mainstem/store/append.hpp>

#include "cli/bench.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// What is set aside, or written before, at once.
constexpr std::uint64_t step_size = 128ULL << 20;
constexpr std::uint64_t zero_step = 1ULL << 20;

/// To be called by the thread that failed, before it calls anything else: errno is its own.
Error failed(std::string_view what) {
    return {StoreError::io, std::string{what} + ": " + std::generic_category().message(errno)};
}

/// A file of one kind. The writer goes back to the start of a pre-written one when it is full; the
/// others go on: a block that is written a second time would be a pre-written one.
class BareTarget {
public:
    BareTarget(const std::string& path, BareFile kind)
        : path_(path),
          kind_(kind),
          file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
    ~BareTarget() {
        ending_ = true;
        if (zeroing_.joinable()) zeroing_.join();
        if (file_ >= 0) ::close(file_);
        ::unlink(path_.c_str());
    }
    BareTarget(const BareTarget&) = delete;
    BareTarget& operator=(const BareTarget&) = delete;

    Result<void> prepare() {
        if (file_ < 0) return failed("cannot make " + path_);
        if (kind_ == BareFile::growing) return {};
        if (!set_aside(step_size)) return failed("cannot set space aside");
        if (kind_ == BareFile::pre_written) {
            while (zeroed_ < step_size) zero();
        }
        if (::fsync(file_) != 0) return failed("cannot flush");
        if (kind_ == BareFile::zeroed_ahead) zeroing_ = std::thread{[this] { zero_ahead(); }};
        return {};
    }

    Result<void> write(std::vector<iovec>& parts, std::uint64_t bytes, bool flushed) {
        constexpr std::size_t most_parts = 1024;
        if (kind_ != BareFile::growing && offset_ + bytes > set_aside_) {
            if (kind_ == BareFile::pre_written) {
                offset_ = 0;
            } else if (!set_aside(set_aside_ + step_size)) {
                return failed("cannot set space aside for " + path_);
            }
        }
        for (std::size_t at = 0; at < parts.size(); at += most_parts) {
            const std::size_t count = std::min(most_parts, parts.size() - at);
            std::uint64_t size = 0;
            for (std::size_t i = at; i < at + count; ++i) size += parts[i].iov_len;
            const ssize_t done = ::pwritev(file_, &parts[at], static_cast<int>(count),
                                           static_cast<off_t>(offset_.load()));
            if (done < 0) return failed("cannot write to " + path_);
            if (static_cast<std::uint64_t>(done) < size) {
                return Error{StoreError::io,
                             "cannot write all to " + path_ + ": is the disk full?"};
            }
            offset_ += size;
        }
        if (flushed && ::fdatasync(file_) != 0) return failed("cannot flush " + path_);
        return {};
    }

private:
    bool set_aside(std::uint64_t size) {
        if (::fallocate(file_, 0, 0, static_cast<off_t>(size)) != 0) return false;
        set_aside_ = size;
        return true;
    }
    void zero() {
        static const std::vector<char> zeros(zero_step);
        static_cast<void>(::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(zeroed_)) >
                          0);
        zeroed_ += zero_step;
    }
    void zero_ahead() {
        while (!ending_) {
            if (zeroed_ < std::min(offset_ + 2 * zero_step, set_aside_.load())) {
                zeroed_ =
                    std::max<std::uint64_t>(zeroed_, offset_ - offset_ % zero_step + zero_step);
                zero();
            } else {
                std::this_thread::sleep_for(std::chrono::microseconds{200});
            }
        }
    }

    std::string path_;
    BareFile kind_;
    int file_;
    std::atomic<std::uint64_t> offset_{0};
    std::atomic<std::uint64_t> set_aside_{0};
    std::uint64_t zeroed_ = 0;
    std::atomic<bool> ending_{false};
    std::thread zeroing_;
};

/// A client's place in the queue.
struct Slot {
    enum Turn : std::uint32_t { waiting, lead, done };
    explicit Slot(std::uint64_t size) : bytes(size, 'x') {}
    std::vector<char> bytes;
    std::atomic<std::uint32_t> turn{waiting};
};

class BareCommit {
public:
    BareCommit(BareTarget& target, const BareLoad& load) : target_(&target), load_(load) {}

    void run(Slot& slot) {
        slot.turn.store(Slot::waiting, std::memory_order_relaxed);
        {
            const std::lock_guard lock{mutex_};
            queue_.push_back(&slot);
            if (!led_) slot.turn.store(Slot::lead, std::memory_order_relaxed);
            led_ = true;
        }
        while (slot.turn.load(std::memory_order_acquire) == Slot::waiting) {
            ::syscall(SYS_futex, &slot.turn, FUTEX_WAIT_PRIVATE, Slot::waiting, nullptr, nullptr,
                      0);
        }
        if (slot.turn.load(std::memory_order_acquire) == Slot::lead) serve(slot);
    }

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    /// What failed first. When all clients have ended.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

private:
    void serve(const Slot& own) {
        group_.clear();
        {
            const std::lock_guard lock{mutex_};
            group_.swap(queue_);
        }
        parts_.clear();
        for (Slot* slot : group_) parts_.push_back({slot->bytes.data(), slot->bytes.size()});
        const auto written =
            target_->write(parts_, group_.size() * load_.request_bytes, load_.flushed);
        if (!written && !failed_) {
            error_ = written.error();
            failed_ = true;
        }
        std::vector<Slot*> served;
        served.swap(group_);
        Slot* next = nullptr;
        {
            const std::lock_guard lock{mutex_};
            if (queue_.empty()) {
                led_ = false;
            } else {
                next = queue_.front();
            }
        }
        if (next != nullptr) wake(*next, Slot::lead);
        for (Slot* slot : served) {
            if (slot != &own) wake(*slot, Slot::done);
        }
    }
    static void wake(Slot& slot, std::uint32_t turn) {
        slot.turn.store(turn, std::memory_order_release);
        ::syscall(SYS_futex, &slot.turn, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }

    BareTarget* target_;
    BareLoad load_;
    std::mutex mutex_;
    std::vector<Slot*> queue_;
    bool led_ = false;
    std::vector<Slot*> group_;    ///< the leader's
    std::vector<iovec> parts_;    ///< the leader's
    std::optional<Error> error_;  ///< the leader's
    std::atomic<bool> failed_{false};
};

}  // namespace

std::string_view name(BareFile file) noexcept {
    switch (file) {
        case BareFile::growing: return "growing";
        case BareFile::set_aside: return "set aside";
        case BareFile::zeroed_ahead: return "zeroed ahead";
        case BareFile::pre_written: break;
    }
    return "pre-written";
}

Result<double> run_bare_loop(const std::string& path, BareFile kind, const BareLoad& load) {
    BareTarget target{path, kind};
    const auto prepared = target.prepare();
    if (!prepared) return prepared.error();
    BareCommit commit{target, load};
    std::atomic<std::uint64_t> requests{0};
    const auto begin = Steady::now();
    const auto end = begin + std::chrono::duration_cast<Steady::duration>(
                                 std::chrono::duration<double>(load.seconds));
    {
        std::vector<std::jthread> clients;
        clients.reserve(load.clients);
        for (unsigned i = 0; i < load.clients; ++i) {
            clients.emplace_back([&] {
                Slot slot{load.request_bytes};
                std::uint64_t count = 0;
                do {
                    commit.run(slot);
                    ++count;
                } while (Steady::now() < end && !commit.failed());
                requests += count;
            });
        }
    }
    if (commit.error()) return *commit.error();
    const double seconds = std::chrono::duration<double>(Steady::now() - begin).count();
    return static_cast<double>(requests.load()) / seconds;
}

Result<BareFile> fastest_bare_file(const std::string& path, const BareLoad& load, int rounds) {
    std::array<std::vector<double>, std::size(bare_files)> rates;
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < rates.size(); ++i) {
            const auto rate = run_bare_loop(path, bare_files[i], load);
            if (!rate) return rate.error();
            rates[i].push_back(*rate);
        }
    }
    const auto best = std::ranges::max_element(rates, {}, [](const auto& r) { return median(r); });
    return bare_files[best - rates.begin()];
}

}  // namespace mainstem::cli
