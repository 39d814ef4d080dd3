// Sets of pages, each under a lock of its own that is held for as long as a copy takes.
#include "log/page_cache.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <mainstem/core/assert.hpp>

namespace mainstem::log {
namespace {

constexpr std::size_t ways = 10;
constexpr std::size_t frames_per_set = 7;
/// When memory is taken, one in so many missed pages is admitted.
constexpr std::uint8_t admitted_one_in = 8;

std::uint64_t key_of(PageCache::File file, std::uint64_t offset) noexcept {
    return std::uint64_t{file.number} << 32 | offset / PageCache::page_size;
}

/// Fields are read for prefetching while another thread changes them.
template <class Field>
Field load(Field& field) noexcept {
    return std::atomic_ref{field}.load(std::memory_order_relaxed);
}
template <class Field>
void store(Field& field, Field value) noexcept {
    std::atomic_ref{field}.store(value, std::memory_order_relaxed);
}

}  // namespace

/// Two cache lines, valid when all zero.
struct alignas(128) PageCache::Set {
    std::array<std::uint64_t, ways> keys;  ///< 0: no page
    std::array<std::uint32_t, ways> frames;
    std::uint16_t asked;  ///< a bit for each way: it was since its last turn
    std::uint8_t hand;    ///< the way whose turn is next
    std::uint8_t locked;
    std::uint8_t missed;

    /// The way that holds `key`, or `ways`.
    [[nodiscard]] std::size_t find(std::uint64_t key) noexcept {
        std::size_t way = 0;
        while (way < ways && load(keys[way]) != key) ++way;
        return way;
    }
    /// The next way in turn whose page was not asked for since its last turn; `ways` if all were.
    [[nodiscard]] std::size_t victim() noexcept {
        for (std::size_t i = 0; i < ways; ++i) {
            const std::size_t way = hand;
            hand = static_cast<std::uint8_t>((way + 1) % ways);
            const auto bit = static_cast<std::uint16_t>(1U << way);
            const bool spared = (asked & bit) != 0;
            asked = static_cast<std::uint16_t>(asked & ~bit);
            if (keys[way] != 0 && !spared) return way;
        }
        return ways;
    }
};

/// Holds the lock of a set, or does not: a set that stays busy is passed over like a miss.
class PageCache::Lock {
public:
    explicit Lock(Set& set) noexcept : locked_(set.locked) {
        constexpr int tries = 64;
        for (int i = 0; i < tries && !held_; ++i) {
            held_ = locked_.exchange(1, std::memory_order_acquire) == 0;
        }
    }
    ~Lock() {
        if (held_) locked_.store(0, std::memory_order_release);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    [[nodiscard]] bool held() const noexcept { return held_; }

private:
    std::atomic_ref<std::uint8_t> locked_;
    bool held_ = false;
};

PageCache::PageCache(Bytes budget)
    : set_count_(std::min<std::uint64_t>(budget.value / (sizeof(Set) + frames_per_set * page_size),
                                         ~std::uint32_t{0} / frames_per_set)),
      frame_count_(static_cast<std::uint32_t>(set_count_ * frames_per_set)),
      sets_(set_count_ * sizeof(Set)),
      frames_(frame_count_ * page_size, true),
      frames_most_(frame_count_) {
    if (sets_.data() == nullptr || frames_.data() == nullptr) set_count_ = 0;
}

PageCache::File PageCache::add_file() noexcept {
    return {last_file_.fetch_add(1, std::memory_order_relaxed) + 1};
}

PageCache::Set& PageCache::set_of(std::uint64_t key) const noexcept {
    const std::uint64_t hash = (key * 0x9E3779B97F4A7C15ULL) >> 32;
    return reinterpret_cast<Set*>(sets_.data())[(hash * set_count_) >> 32];
}

std::byte* PageCache::memory_of(std::uint32_t frame) const noexcept {
    return frames_.data() + std::size_t{frame} * page_size;
}

bool PageCache::copy(File file, std::uint64_t offset, std::span<std::byte> to) noexcept {
    if (set_count_ == 0) return false;
    while (!to.empty()) {
        const std::size_t at = offset % page_size;
        const std::size_t size = std::min(to.size(), page_size - at);
        if (!copy_from_page(key_of(file, offset), at, to.first(size))) {
            misses_.add();
            return false;
        }
        to = to.subspan(size);
        offset += size;
    }
    hits_.add();
    return true;
}

bool PageCache::copy_from_page(std::uint64_t key, std::size_t at,
                               std::span<std::byte> to) noexcept {
    Set& set = set_of(key);
    const Lock lock{set};
    if (!lock.held()) return false;
    const std::size_t way = set.find(key);
    if (way == ways) return false;
    set.asked = static_cast<std::uint16_t>(set.asked | 1U << way);
    std::memcpy(to.data(), memory_of(set.frames[way]) + at, to.size());
    return true;
}

bool PageCache::visit_page(File file, std::uint64_t offset,
                           void (*look)(void* context, const std::byte* page),
                           void* context) noexcept {
    if (set_count_ == 0) return false;
    const std::uint64_t key = key_of(file, offset);
    Set& set = set_of(key);
    const Lock lock{set};
    const std::size_t way = lock.held() ? set.find(key) : ways;
    if (way == ways) {
        misses_.add();
        return false;
    }
    set.asked = static_cast<std::uint16_t>(set.asked | 1U << way);
    look(context, memory_of(set.frames[way]));
    hits_.add();
    return true;
}

bool PageCache::admits(File file, std::uint64_t offset) noexcept {
    if (set_count_ == 0) return false;
    if (frames_used_.load(std::memory_order_relaxed) <
        frames_most_.load(std::memory_order_relaxed)) {
        return true;
    }
    std::atomic_ref missed{set_of(key_of(file, offset)).missed};
    return missed.fetch_add(1, std::memory_order_relaxed) % admitted_one_in == 0;
}

void PageCache::put(File file, std::uint64_t offset, std::span<const std::byte> pages) noexcept {
    MAINSTEM_ASSERT(offset % page_size == 0 && pages.size() % page_size == 0,
                    "a cache keeps whole pages");
    if (set_count_ == 0) return;
    for (std::size_t at = 0; at < pages.size(); at += page_size) {
        put_page(key_of(file, offset + at), pages.data() + at);
    }
}

void PageCache::put_page(std::uint64_t key, const std::byte* page) noexcept {
    Set& set = set_of(key);
    const Lock lock{set};
    if (!lock.held() || set.find(key) != ways) return;
    std::size_t way = set.find(0);
    if (way != ways) {
        const auto frame = take_frame();
        if (!frame) return;
        store(set.frames[way], *frame);
    } else {
        way = set.victim();
        if (way == ways) return;  // all were asked for; the next one finds a place
    }
    store(set.keys[way], key);
    std::memcpy(memory_of(set.frames[way]), page, page_size);
}

/// A frame that is not in use, if one more may be.
std::optional<std::uint32_t> PageCache::free_frame() noexcept {
    if (frames_used_.fetch_add(1) >= frames_most_) {
        --frames_used_;
        return std::nullopt;
    }
    {
        const std::lock_guard lock{given_up_mutex_};
        if (!given_up_.empty()) {
            const std::uint32_t frame = given_up_.back();
            given_up_.pop_back();
            return frame;
        }
    }
    // As many as are in use or given up were touched: there is another one.
    return frames_touched_.fetch_add(1);
}

/// The caller may hold the lock of a set; this one takes that of another, but never waits for it.
std::optional<std::uint32_t> PageCache::take_frame() noexcept {
    if (frames_used_.load(std::memory_order_relaxed) <
        frames_most_.load(std::memory_order_relaxed)) {
        if (const auto frame = free_frame()) return frame;
    }
    return evict();
}

/// Takes the frame of a page that was not asked for since the clock last came by.
std::optional<std::uint32_t> PageCache::evict() noexcept {
    constexpr int tries = 16;
    for (int i = 0; i < tries; ++i) {
        const std::uint64_t turn = clock_.fetch_add(1, std::memory_order_relaxed);
        Set& set = reinterpret_cast<Set*>(sets_.data())[turn % set_count_];
        const Lock lock{set};
        if (!lock.held()) continue;
        const std::size_t way = set.victim();
        if (way == ways) continue;
        store(set.keys[way], std::uint64_t{0});
        return set.frames[way];
    }
    return std::nullopt;
}

void PageCache::prefetch_entry(File file, std::uint64_t offset) const noexcept {
    if (set_count_ == 0) return;
    const auto* set = reinterpret_cast<const std::byte*>(&set_of(key_of(file, offset)));
    __builtin_prefetch(set);
    __builtin_prefetch(set + sizeof(Set) / 2);
}

void PageCache::prefetch_bytes(File file, std::uint64_t offset) const noexcept {
    constexpr std::size_t line = 64;
    constexpr std::size_t lines = 2;  // the processor then sees where it goes
    if (set_count_ == 0) return;
    const std::uint64_t key = key_of(file, offset);
    Set& set = set_of(key);
    const std::size_t way = set.find(key);
    if (way == ways) return;
    const std::byte* bytes = memory_of(load(set.frames[way])) + offset % page_size;
    for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(bytes + i * line);
}

void PageCache::limit(Bytes most) noexcept {
    if (set_count_ == 0) return;
    const std::uint64_t tables = set_count_ * sizeof(Set);
    const std::uint64_t frames = most.value > tables ? (most.value - tables) / page_size : 0;
    frames_most_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(frames, frame_count_));
    constexpr int failures_most =
        1000;  // pages that are asked for all the time, locks that are held
    for (int failures = 0; frames_used_ > frames_most_ && failures < failures_most;) {
        const auto frame = evict();
        if (!frame) {
            ++failures;
            continue;
        }
        frames_.give_back(std::size_t{*frame} * page_size, page_size);
        const std::lock_guard lock{given_up_mutex_};
        given_up_.push_back(*frame);
        --frames_used_;
    }
}

Bytes PageCache::bytes() const noexcept {
    const std::uint64_t used = frames_used_.load(std::memory_order_relaxed);
    return {set_count_ == 0 ? 0 : set_count_ * sizeof(Set) + used * page_size};
}

}  // namespace mainstem::log
