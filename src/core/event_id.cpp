// Event ids: UUIDs of version 7 (RFC 9562, section 5.7), made and read.
//
// An id is 48 bits of milliseconds, 12 random bits (rand_a) and a tail of 62 bits (rand_b). Both
// are drawn anew for each reading of the clock; within one reading, and while the clock is behind
// the last one, the tail grows by a random step (section 6.2, method 2). So the ids of a thread
// ascend and never run ahead of the clock.
#include <atomic>
#include <ctime>

#include <pthread.h>

#include <mainstem/core/random.hpp>
#include <mainstem/core/types.hpp>

namespace mainstem {
namespace {

constexpr int head_bits = 12;
constexpr int tail_bits = 62;
constexpr std::uint64_t tail_end = std::uint64_t{1} << tail_bits;
constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};

/// Rises in the child of each fork, so that generators copied from the parent seed themselves anew.
std::atomic<std::uint64_t> process_generation{1};

struct Generator {
    Random random = Random::from_system();
    std::uint64_t milliseconds = 0;
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint64_t generation = process_generation.load(std::memory_order_relaxed);
};

/// The coarse clock is a few milliseconds late and four times as fast to read as the exact one.
std::uint64_t milliseconds_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec < 0) return 0;
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

void begin(Generator& generator, std::uint64_t milliseconds) noexcept {
    generator.milliseconds = milliseconds;
    generator.head = generator.random() >> (64 - head_bits);
    // Half of the range is left for the tails that follow.
    generator.tail = generator.random() >> (64 - tail_bits + 1);
}

void advance(Generator& generator) noexcept {
    const auto now = milliseconds_now();
    if (now > generator.milliseconds) return begin(generator, now);
    generator.tail += 1 + (generator.random() >> 32U);
    if (generator.tail >= tail_end) [[unlikely]]
        begin(generator, generator.milliseconds + 1);
}

void store_big_endian(std::uint8_t* to, std::uint64_t value) noexcept {
    for (int i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

EventId assemble(const Generator& generator) noexcept {
    constexpr std::uint64_t version = 7ULL << head_bits;
    constexpr std::uint64_t variant = 2ULL << tail_bits;
    EventId id;
    store_big_endian(id.bytes.data(), generator.milliseconds << 16U | version | generator.head);
    store_big_endian(id.bytes.data() + 8, variant | generator.tail);
    return id;
}

Generator& generator_of_this_thread() noexcept {
    [[maybe_unused]] static const int registered = ::pthread_atfork(
        nullptr, nullptr, [] { process_generation.fetch_add(1, std::memory_order_relaxed); });
    thread_local Generator generator;
    if (generator.generation != process_generation.load(std::memory_order_relaxed)) [[unlikely]]
        generator = Generator{};
    return generator;
}

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_dash(std::size_t place) noexcept {
    for (const auto dash : dashes)
        if (place == dash) return true;
    return false;
}

}  // namespace

EventId EventId::generate() noexcept {
    auto& generator = generator_of_this_thread();
    advance(generator);
    return assemble(generator);
}

std::optional<EventId> EventId::parse(std::string_view text) noexcept {
    if (text.size() != 36) return std::nullopt;
    EventId id;
    std::size_t digit = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_dash(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        auto& byte = id.bytes[digit / 2];
        byte = static_cast<std::uint8_t>(byte << 4U | value);
        ++digit;
    }
    return id;
}

std::optional<std::uint64_t> EventId::unix_milliseconds() const noexcept {
    const bool is_version_7 = bytes[6] >> 4U == 7 && bytes[8] >> 6U == 2;
    if (!is_version_7) return std::nullopt;
    std::uint64_t milliseconds = 0;
    for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8U | bytes[i];
    return milliseconds;
}

std::string EventId::to_string() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (const auto byte : bytes) {
        if (is_dash(text.size())) text += '-';
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace mainstem
