// The bounded cache: bounds in entries and bytes, what stays and what goes, and that it keeps more
// of what is asked for again than a plain queue does.
#include <cmath>
#include <cstdint>
#include <functional>
#include <list>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <mainstem/core/random.hpp>

#include "core/s3_fifo.hpp"

namespace mainstem {
namespace {

struct Value {
    int key;
    int value;
};
struct KeyOf {
    int operator()(const Value& value) const { return value.key; }
};
using Cache = S3Fifo<Value, KeyOf, std::hash<int>>;

TEST(S3Fifo, keeps_and_replaces) {
    Cache cache{{10, 1000}};
    cache.put({1, 100}, 5);
    cache.put({1, 101}, 7);
    ASSERT_NE(cache.find(1), nullptr);
    EXPECT_EQ(cache.find(1)->value, 101);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.bytes(), 7U);
    cache.erase(1);
    EXPECT_EQ(cache.find(1), nullptr);
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(S3Fifo, does_not_keep_what_is_larger_than_its_room) {
    Cache cache{{10, 100}};
    cache.put({1, 1}, 50);
    cache.put({1, 2}, 101);
    EXPECT_EQ(cache.find(1), nullptr);
    Cache none{{0, 100}};
    none.put({1, 1}, 1);
    EXPECT_EQ(none.size(), 0U);
}

TEST(S3Fifo, a_scan_does_not_drive_out_what_is_asked_for_again) {
    Cache cache{{100, 1 << 20}};
    for (int round = 0; round < 3; ++round) {
        for (int key = 0; key < 50; ++key) {
            if (!cache.find(key)) cache.put({key, key}, 1);
        }
    }
    for (int key = 1000; key < 3000; ++key) cache.put({key, key}, 1);
    int kept = 0;
    for (int key = 0; key < 50; ++key) kept += cache.find(key) != nullptr ? 1 : 0;
    EXPECT_EQ(kept, 50);
}

TEST(S3Fifo, hits_more_than_least_recently_used_on_skewed_keys) {
    Random random{7};
    Cache cache{{1000, 1 << 30}};
    std::list<int> order;
    std::map<int, std::list<int>::iterator> recent;
    int hits = 0;
    int lru_hits = 0;
    for (int i = 0; i < 200'000; ++i) {
        // Few keys often, many seldom: the square of a uniform number, cubed.
        const double uniform = static_cast<double>(random.below(1 << 20)) / (1 << 20);
        const int key = static_cast<int>(std::pow(uniform, 6.0) * 100'000);
        if (cache.find(key)) {
            ++hits;
        } else {
            cache.put({key, key}, 1);
        }
        if (const auto found = recent.find(key); found != recent.end()) {
            ++lru_hits;
            order.erase(found->second);
        } else if (order.size() == 1000) {
            recent.erase(order.back());
            order.pop_back();
        }
        order.push_front(key);
        recent[key] = order.begin();
    }
    EXPECT_GT(hits, lru_hits);
}

RC_GTEST_PROP(S3FifoProperty, stays_within_its_room_and_tells_the_truth, ()) {
    const auto entries = *rc::gen::inRange<std::size_t>(1, 20);
    const auto bytes = *rc::gen::inRange<std::size_t>(1, 200);
    Cache cache{{entries, bytes}};
    std::map<int, std::pair<int, std::size_t>> put;
    for (int i = 0; i < 200; ++i) {
        const int key = *rc::gen::inRange(0, 40);
        const int action = *rc::gen::inRange(0, 4);
        if (action == 0) {
            cache.erase(key);
            put.erase(key);
        } else if (action == 1) {
            const auto* found = cache.find(key);
            const bool right = !found || (put.contains(key) && found->value == put[key].first);
            RC_ASSERT(right);
        } else {
            const auto size = *rc::gen::inRange<std::size_t>(0, 60);
            cache.put({key, i}, size);
            put[key] = {i, size};
        }
        RC_ASSERT(cache.size() <= entries);
        RC_ASSERT(cache.bytes() <= bytes);
    }
    std::size_t size = 0;
    std::size_t total = 0;
    for (const auto& [key, value] : put) {
        if (!cache.find(key)) continue;
        ++size;
        total += value.second;
    }
    RC_ASSERT(size == cache.size());
    RC_ASSERT(total == cache.bytes());
}

}  // namespace
}  // namespace mainstem
