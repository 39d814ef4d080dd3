// The cache of pages alone: what it answers is always what was put under that file and page.
#include <array>
#include <cstring>
#include <map>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>

#include "log/page_cache.hpp"

namespace mainstem::log {
namespace {

constexpr std::uint64_t page_size = PageCache::page_size;
using Page = std::array<std::byte, page_size>;

/// What page `number` of a file holds: another number at every eighth byte.
Page page_of(PageCache::File file, std::uint64_t number) {
    Page page;
    Random random{std::uint64_t{file.number} << 32 | number};
    for (std::size_t at = 0; at < page_size; at += sizeof(std::uint64_t)) {
        const std::uint64_t bytes = random();
        std::memcpy(&page[at], &bytes, sizeof bytes);
    }
    return page;
}

void put(PageCache& cache, PageCache::File file, std::uint64_t number) {
    cache.put(file, number * page_size, page_of(file, number));
}

/// False if the page is not there; fails the test if it is another one.
bool has(PageCache& cache, PageCache::File file, std::uint64_t number, std::size_t at = 0,
         std::size_t size = page_size) {
    std::vector<std::byte> got(size);
    if (!cache.copy(file, number * page_size + at, got)) return false;
    const Page page = page_of(file, number);
    EXPECT_EQ(std::memcmp(got.data(), page.data() + at, size), 0)
        << "file " << file.number << ", page " << number;
    return true;
}

TEST(PageCache, has_what_was_put) {
    PageCache cache{1_MiB};
    const auto file = cache.add_file();
    EXPECT_FALSE(has(cache, file, 3));
    put(cache, file, 3);
    EXPECT_TRUE(has(cache, file, 3));
    EXPECT_TRUE(has(cache, file, 3, 1, 1));
    EXPECT_TRUE(has(cache, file, 3, 4000, 96));
    EXPECT_FALSE(has(cache, file, 2));
    EXPECT_FALSE(has(cache, file, 4));
    EXPECT_EQ(cache.hits(), 3U);
    EXPECT_EQ(cache.misses(), 3U);
}

TEST(PageCache, gives_memory_up_and_takes_it_again) {
    PageCache cache{4_MiB};
    const auto file = cache.add_file();
    const auto fill = [&] {
        for (std::uint64_t i = 0; i < 4'000; ++i) put(cache, file, i);
    };
    fill();
    const auto full = cache.bytes();
    EXPECT_GT(full, 3_MiB);
    cache.limit(1_MiB);
    EXPECT_LE(cache.bytes(), 1_MiB);
    EXPECT_GT(cache.bytes(), 512_KiB);
    std::uint64_t kept = 0;
    for (std::uint64_t i = 0; i < 4'000; ++i) kept += has(cache, file, i) ? 1 : 0;
    EXPECT_GT(kept, 100U);
    fill();
    EXPECT_LE(cache.bytes(), 1_MiB);
    cache.limit(64_MiB);
    fill();
    EXPECT_EQ(cache.bytes(), full) << "never more than the budget";
    for (std::uint64_t i = 0; i < 4'000; ++i) has(cache, file, i);
    cache.limit(0_MiB);
    fill();
    EXPECT_LT(cache.bytes(), 512_KiB) << "the tables";
}

TEST(PageCache, copies_over_the_border_of_pages_that_are_both_there) {
    PageCache cache{1_MiB};
    const auto file = cache.add_file();
    std::array<std::byte, 100> got;
    put(cache, file, 0);
    EXPECT_FALSE(cache.copy(file, page_size - 50, got));
    std::vector<std::byte> two;
    for (const std::uint64_t number : {0, 1}) {
        const Page page = page_of(file, number);
        two.insert(two.end(), page.begin(), page.end());
    }
    cache.put(file, 0, two);
    ASSERT_TRUE(cache.copy(file, page_size - 50, got));
    EXPECT_EQ(std::memcmp(got.data(), &two[page_size - 50], got.size()), 0);
}

TEST(PageCache, shows_a_page_where_it_stands) {
    PageCache cache{1_MiB};
    const auto file = cache.add_file();
    std::uint64_t calls = 0;
    const Page page = page_of(file, 3);
    auto look = [&](const std::byte* bytes) {
        ++calls;
        EXPECT_EQ(std::memcmp(bytes, page.data(), page_size), 0);
    };
    EXPECT_FALSE(cache.visit(file, 3 * page_size, look));
    EXPECT_EQ(calls, 0U);
    put(cache, file, 3);
    EXPECT_TRUE(cache.visit(file, 3 * page_size, look));
    EXPECT_EQ(calls, 1U);
    EXPECT_EQ(cache.hits(), 1U);
    EXPECT_EQ(cache.misses(), 1U);
}

TEST(PageCache, never_takes_one_file_for_another) {
    PageCache cache{1_MiB};
    const auto one = cache.add_file();
    const auto other = cache.add_file();
    put(cache, one, 5);
    EXPECT_FALSE(has(cache, other, 5));
    put(cache, other, 5);
    EXPECT_TRUE(has(cache, one, 5));
    EXPECT_TRUE(has(cache, other, 5));
}

TEST(PageCache, keeps_within_its_budget_and_uses_it) {
    for (const Bytes budget : {32_KiB, 100_KiB, 1_MiB, 9_MiB}) {
        PageCache cache{budget};
        const auto file = cache.add_file();
        EXPECT_LT(cache.bytes().value, budget.value / 10) << "memory is taken as pages come";
        const std::uint64_t pages = budget.value / page_size;
        for (std::uint64_t i = 0; i < 3 * pages; ++i) {
            put(cache, file, i);
            ASSERT_LE(cache.bytes(), budget);
        }
        EXPECT_GT(cache.bytes().value + 7 * (page_size + 64), budget.value);
        std::uint64_t found = 0;
        for (std::uint64_t i = 0; i < 3 * pages; ++i) found += has(cache, file, i) ? 1 : 0;
        EXPECT_GT(found, pages * 8 / 10) << budget.value;
    }
}

TEST(PageCache, of_no_or_little_memory_is_always_empty) {
    for (const Bytes budget : {Bytes{0}, Bytes{1}, 16_KiB}) {
        PageCache cache{budget};
        const auto file = cache.add_file();
        EXPECT_FALSE(cache.admits(file, 0));
        put(cache, file, 0);
        cache.prefetch_entry(file, 0);
        cache.prefetch_bytes(file, 0);
        EXPECT_FALSE(has(cache, file, 0));
        EXPECT_EQ(cache.bytes(), Bytes{0});
    }
}

TEST(PageCache, admits_everything_until_it_is_full_then_a_part) {
    PageCache cache{1_MiB};
    const auto file = cache.add_file();
    std::uint64_t number = 0;
    for (; cache.bytes() < Bytes{900 << 10}; ++number) {
        ASSERT_TRUE(cache.admits(file, number * page_size));
        put(cache, file, number);
    }
    for (; number < 1000; ++number) put(cache, file, number);
    int admitted = 0;
    for (int i = 0; i < 800; ++i) admitted += cache.admits(file, 5000 * page_size) ? 1 : 0;
    EXPECT_EQ(admitted, 100);
}

TEST(PageCache, keeps_what_is_asked_for_often) {
    constexpr std::uint64_t hot = 100;
    PageCache cache{1_MiB};
    const auto file = cache.add_file();
    for (std::uint64_t i = 0; i < hot; ++i) put(cache, file, i);
    for (std::uint64_t cold = 0; cold < 5000; ++cold) {
        put(cache, file, hot + cold);
        static_cast<void>(has(cache, file, cold % hot));
    }
    std::uint64_t kept = 0;
    for (std::uint64_t i = 0; i < hot; ++i) kept += has(cache, file, i) ? 1 : 0;
    EXPECT_GE(kept, hot * 9 / 10);
}

TEST(PageCache, answers_random_operations_as_a_map_would_or_not_at_all) {
    for (const Bytes budget : {32_KiB, 300_KiB}) {
        PageCache cache{budget};
        Random random{budget.value};
        std::vector<PageCache::File> files(3);
        for (auto& file : files) file = cache.add_file();
        std::map<std::pair<std::uint32_t, std::uint64_t>, bool> put_before;
        std::uint64_t found = 0;
        for (int i = 0; i < 20'000; ++i) {
            const auto file = files[random.below(files.size())];
            const std::uint64_t number = random.below(50);
            bool& was_put = put_before[{file.number, number}];
            if (random.chance(1, 3)) {
                put(cache, file, number);
                was_put = true;
                continue;
            }
            const std::size_t at = random.below(page_size);
            cache.prefetch_entry(file, number * page_size + at);
            cache.prefetch_bytes(file, number * page_size + at);
            const bool there = has(cache, file, number, at, 1 + random.below(page_size - at));
            ASSERT_TRUE(was_put || !there);
            found += there ? 1 : 0;
        }
        EXPECT_GT(found, 100U);
        ASSERT_LE(cache.bytes(), budget);
    }
}

TEST(PageCache, is_right_for_many_threads_at_once) {
    PageCache cache{64_KiB};
    const std::array files{cache.add_file(), cache.add_file()};
    std::atomic<std::uint64_t> found{0};
    const auto client = [&](std::uint64_t seed) {
        Random random{seed};
        for (int i = 0; i < 10'000; ++i) {
            const auto file = files[random.below(files.size())];
            const std::uint64_t number = random.below(12);
            cache.prefetch_entry(file, number * page_size);
            cache.prefetch_bytes(file, number * page_size);
            if (has(cache, file, number, random.below(4000), 96)) {
                ++found;
            } else if (cache.admits(file, number * page_size)) {
                put(cache, file, number);
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) threads.emplace_back(client, seed);
    }
    EXPECT_GT(found.load(), 1000U);
    EXPECT_LE(cache.bytes(), 64_KiB);
}

}  // namespace
}  // namespace mainstem::log
