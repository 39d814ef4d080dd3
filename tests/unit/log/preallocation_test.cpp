// Space and zeros ahead of the writer: never over what it has written, never in its way.
#include <algorithm>

#include <gtest/gtest.h>

#include "log/preallocation.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::log {
namespace {

constexpr std::uint64_t mebi = 1ULL << 20;
constexpr std::uint64_t segment_size = 64 * mebi;

class PreallocationTest : public ::testing::Test {
protected:
    PreallocationTest() : file(disk.open("/file", FileMode::create_new).value()) {
        preallocation.start(*file, 0);
    }

    /// A commit of `size` bytes, as the writer does it.
    void commit(std::uint64_t size) {
        write(size);
        preallocation.flushed(size);
    }
    void write(std::uint64_t size) {
        const std::vector<std::byte> bytes(size, std::byte{0xAB});
        preallocation.reserve(end + size).value();
        file->write_at(bytes, end).value();
        end += size;
    }
    std::uint64_t written() const { return disk.count(support::Operation::write); }

    /// True if all bytes up to the writer's end are as committed and zeros follow.
    bool whole() const {
        std::vector<std::byte> bytes(file->size().value());
        file->read_at(bytes, 0).value();
        const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(end);
        return std::all_of(bytes.begin(), middle,
                           [](std::byte b) { return b == std::byte{0xAB}; }) &&
               std::all_of(middle, bytes.end(), [](std::byte b) { return b == std::byte{0}; });
    }

    support::SimulatedDisk disk{1};
    std::unique_ptr<File> file;
    Preallocation preallocation{segment_size};
    std::uint64_t end = 0;
};

TEST_F(PreallocationTest, sets_space_aside_in_steps) {
    commit(100);
    EXPECT_EQ(file->size().value(), 16 * mebi);
    commit(16 * mebi - 100);
    EXPECT_EQ(disk.count(support::Operation::set_aside), 1U);
    commit(8);
    EXPECT_EQ(file->size().value(), 32 * mebi);
    EXPECT_EQ(disk.count(support::Operation::set_aside), 2U);
}

TEST_F(PreallocationTest, sets_no_more_aside_than_a_segment) {
    Preallocation small{100'000};
    const auto other = disk.open("/small", FileMode::create_new).value();
    small.start(*other, 0);
    small.reserve(100).value();
    EXPECT_EQ(other->size().value(), 100'000U);
    small.reserve(100'000).value();
    EXPECT_EQ(other->size().value(), 100'000U);
}

TEST_F(PreallocationTest, writes_zeros_ahead_of_small_commits) {
    EXPECT_FALSE(preallocation.wants_zeros());
    for (int i = 0; i < 3'000; ++i) {
        commit(1'000);
        while (preallocation.wants_zeros()) ASSERT_TRUE(preallocation.zero_step());
    }
    EXPECT_TRUE(whole());
    EXPECT_GT(written(), 3'003U);
}

TEST_F(PreallocationTest, writes_no_zeros_ahead_of_large_commits) {
    for (int i = 0; i < 20; ++i) commit(mebi);
    EXPECT_FALSE(preallocation.wants_zeros());
    EXPECT_FALSE(preallocation.zero_step());
    EXPECT_EQ(written(), 20U);
}

TEST_F(PreallocationTest, writes_no_zeros_ahead_of_small_writes_that_are_flushed_together) {
    for (int i = 0; i < 3'000; ++i) write(1'000);
    EXPECT_FALSE(preallocation.wants_zeros());
    preallocation.flushed(end);
    EXPECT_FALSE(preallocation.wants_zeros());
}

TEST_F(PreallocationTest, never_puts_zeros_over_commits_of_changing_size) {
    Random random{4};
    for (int i = 0; i < 300; ++i) {
        commit(1 + random.below(random.chance(1, 30) ? 3 * mebi : 2'000));
        if (random.chance(1, 2)) preallocation.zero_step();
        if (end > 40 * mebi) break;
    }
    EXPECT_TRUE(whole());
}

TEST_F(PreallocationTest, does_nothing_once_stopped) {
    commit(100);
    preallocation.stop();
    EXPECT_FALSE(preallocation.wants_zeros());
    EXPECT_FALSE(preallocation.zero_step());
    EXPECT_EQ(written(), 1U);
}

TEST_F(PreallocationTest, goes_on_with_another_file) {
    commit(100);
    preallocation.stop();
    file = disk.open("/next", FileMode::create_new).value();
    end = 0;
    preallocation.start(*file, 0);
    commit(1'000);
    EXPECT_TRUE(preallocation.zero_step());
    EXPECT_TRUE(whole());
}

TEST_F(PreallocationTest, tells_that_the_disk_is_full) {
    disk.plan({.kind = support::Operation::set_aside, .times = 2, .error = DiskError::no_space});
    EXPECT_TRUE(preallocation.reserve(100).error() == DiskError::no_space);
}

TEST_F(PreallocationTest, sets_aside_what_a_write_needs_on_a_disk_that_is_nearly_full) {
    disk.plan({.kind = support::Operation::set_aside, .error = DiskError::no_space});
    commit(5'000);
    EXPECT_EQ(file->size().value(), 2 * disk_block);
    commit(5'000);
    EXPECT_EQ(file->size().value(), 16 * mebi) << "there is room again";
    EXPECT_TRUE(whole());
}

TEST_F(PreallocationTest, outlives_zeros_that_cannot_be_written) {
    commit(100);
    disk.plan({.kind = support::Operation::write, .error = DiskError::no_space});
    EXPECT_TRUE(preallocation.wants_zeros());
    EXPECT_FALSE(preallocation.zero_step());
    EXPECT_FALSE(preallocation.wants_zeros());
    EXPECT_FALSE(preallocation.zero_step());
    for (int i = 0; i < 20; ++i) commit(mebi);  // beyond what was set aside
    EXPECT_GE(file->size().value(), 20 * mebi);
}

}  // namespace
}  // namespace mainstem::log
