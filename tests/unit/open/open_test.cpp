// Addresses: which backend each one opens, and what is said about those that none does.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/store/store.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

void expect_error(std::string_view address, StoreError code, std::string_view message,
                  const OpenOptions& options = {}) {
    const auto store = Store::open(address, options);
    ASSERT_FALSE(store) << address;
    EXPECT_TRUE(store.error() == code) << store.error();
    EXPECT_EQ(store.error().message(), message);
}

constexpr const char* choices = "give a directory, file:DIRECTORY or memory:";

TEST(StoreOpen, memory_is_a_store_that_ends_with_its_handle) {
    auto store = Store::open("memory:").value();
    store.append("a", {"A"}).value();
    EXPECT_EQ(store.head().value(), Position{1});
    EXPECT_EQ(Store::open("memory:").value().head().value(), Position{0});
}

TEST(StoreOpen, memory_takes_the_clock_of_the_options) {
    const ManualClock clock{Timestamp{std::chrono::microseconds{1'700'000'000'000'000}}};
    auto store = Store::open("memory:", {.clock = &clock}).value();
    store.append("a", {"A"}).value();
    auto cursor = store.read_all();
    EXPECT_EQ((*cursor.next())->recorded_at, clock.now());
}

TEST(StoreOpen, memory_holds_nothing_that_could_be_opened_again) {
    for (const auto mode : {OpenMode::existing, OpenMode::read_only}) {
        expect_error("memory:", StoreError::not_found,
                     "memory: holds no store yet; it can only be created", {.mode = mode});
    }
}

TEST(StoreOpen, memory_has_no_name) {
    expect_error("memory:orders", StoreError::invalid,
                 "a memory store has no name: write memory: without orders");
}

TEST(StoreOpen, an_empty_address_is_refused) {
    expect_error("", StoreError::invalid, std::string{"the address is empty; "} + choices);
    expect_error("file:", StoreError::invalid, std::string{"the directory is empty; "} + choices);
}

TEST(StoreOpen, unknown_schemes_are_refused_and_never_become_directories) {
    for (const std::string scheme : {"postgresql", "memroy", "http", "S3"}) {
        expect_error(scheme + "://user:secret@host/name", StoreError::invalid,
                     scheme + ": addresses are not supported yet; " + choices);
        expect_error(scheme + ":name", StoreError::invalid,
                     scheme + ": addresses are not supported yet; " + choices);
    }
}

TEST(StoreOpen, a_path_has_no_zero_byte) {
    expect_error(std::string_view{"a\0b", 3}, StoreError::invalid,
                 "a path has no zero byte: a\\x00b");
}

TEST(StoreOpen, a_directory_is_an_embedded_log_with_or_without_its_scheme) {
    const support::TemporaryFolder folder;
    const auto directory = folder.path("orders");
    Store::open(directory).value().append("a", {"A"}).value();
    EXPECT_TRUE(std::filesystem::is_directory(directory));
    EXPECT_EQ(Store::open("file:" + directory).value().head().value(), Position{1});
    EXPECT_EQ(Store::open(directory, {.mode = OpenMode::existing}).value().head().value(),
              Position{1});
}

TEST(StoreOpen, a_directory_may_have_a_colon_in_it) {
    const support::TemporaryFolder folder;
    const auto directory = folder.path("a:b");
    ASSERT_TRUE(Store::open(directory));
    EXPECT_TRUE(std::filesystem::is_directory(directory));
}

TEST(StoreOpen, a_directory_that_must_exist_is_not_made) {
    const support::TemporaryFolder folder;
    for (const auto mode : {OpenMode::existing, OpenMode::read_only}) {
        const auto store = Store::open(folder.path("missing"), {.mode = mode});
        ASSERT_FALSE(store);
        EXPECT_TRUE(store.error() == StoreError::not_found) << store.error();
        EXPECT_FALSE(std::filesystem::exists(folder.path("missing")));
    }
}

}  // namespace
}  // namespace mainstem
