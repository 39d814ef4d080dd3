// Blocks: each is its taker's alone, is used again, and is aligned.
#include <cstdint>
#include <cstring>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/block_memory.hpp>

namespace mainstem::detail {
namespace {

TEST(BlockMemory, blocks_of_all_sizes_are_apart_and_aligned) {
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (std::size_t size = 0; size < 1'100; size += 7) {
        auto* const block = static_cast<unsigned char*>(take_block(size));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % __STDCPP_DEFAULT_NEW_ALIGNMENT__, 0U);
        std::memset(block, static_cast<int>(blocks.size() % 251), size);
        blocks.emplace_back(block, size);
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        for (std::size_t at = 0; at < blocks[i].second; ++at) {
            ASSERT_EQ(blocks[i].first[at], i % 251);
        }
        return_block(blocks[i].first, blocks[i].second);
    }
    return_block(nullptr, 8);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(BlockMemory, what_one_thread_returns_another_takes) {
    constexpr std::size_t count = 10'000;
    std::set<void*> first;
    std::thread{[&] {
        for (std::size_t i = 0; i < count; ++i) first.insert(take_block(200));
    }}.join();
    for (void* const block : first) return_block(block, 200);
    std::size_t again = 0;
    std::vector<void*> second;
    std::thread{[&] {
        for (std::size_t i = 0; i < count; ++i) {
            second.push_back(take_block(200));
            again += first.count(second.back());
        }
    }}.join();
    EXPECT_EQ(first.size(), count);
    EXPECT_EQ(again, count);
    for (void* const block : second) return_block(block, 200);
}
#endif

TEST(BlockMemory, threads_do_not_share_what_they_hold) {
    const auto work = [](unsigned char mark) {
        std::vector<unsigned char*> mine;
        for (int round = 0; round < 20'000; ++round) {
            mine.push_back(static_cast<unsigned char*>(take_block(40)));
            std::memset(mine.back(), mark, 40);
            if (mine.size() < 50) continue;
            for (auto* const block : mine) {
                for (int i = 0; i < 40; ++i) ASSERT_EQ(block[i], mark);
                return_block(block, 40);
            }
            mine.clear();
        }
        for (auto* const block : mine) return_block(block, 40);
    };
    std::thread one{work, 1};
    std::thread other{work, 2};
    one.join();
    other.join();
}

struct Counted {
    explicit Counted(int& alive) : alive_(alive) {
        if (alive == 7) throw std::runtime_error{"seven"};
        ++alive_;
    }
    ~Counted() { --alive_; }
    int& alive_;
};
struct alignas(64) Wide {
    char bytes[64];
};

TEST(BlockMemory, objects_are_made_and_destroyed_once) {
    int alive = 0;
    auto* const one = new_in_block<Counted>(alive);
    EXPECT_EQ(alive, 1);
    delete_in_block(one);
    EXPECT_EQ(alive, 0);
    alive = 7;
    EXPECT_THROW(static_cast<void>(new_in_block<Counted>(alive)), std::runtime_error);
    auto* const wide = new_in_block<Wide>();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 64, 0U);
    delete_in_block(wide);
}

}  // namespace
}  // namespace mainstem::detail
