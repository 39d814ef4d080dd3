// The names of a store's files.
#include <gtest/gtest.h>

#include "log/directory.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::log {
namespace {

TEST(Directory, names_files_by_the_first_position) {
    const Directory directory{"/data/orders"};
    EXPECT_EQ(directory.lock(), "/data/orders/LOCK");
    EXPECT_EQ(directory.head(), "/data/orders/HEAD");
    EXPECT_EQ(directory.segment({1}), "/data/orders/segments/00000000000000000001.log");
    EXPECT_EQ(directory.index({1'234}), "/data/orders/segments/00000000000000001234.index");
    EXPECT_EQ(directory.segment({~std::uint64_t{0}}),
              "/data/orders/segments/18446744073709551615.log");
}

TEST(Directory, reads_the_names_of_segments) {
    EXPECT_EQ(parse_segment_name("00000000000000000001.log"), Position{1});
    EXPECT_EQ(parse_segment_name("18446744073709551615.log"), Position{~std::uint64_t{0}});
}

TEST(Directory, takes_no_other_name_for_a_segment) {
    for (const std::string_view name :
         {"", ".log", "1.log", "0000000000000000001.log", "000000000000000000001.log",
          "00000000000000000000.log", "00000000000000000001.index", "00000000000000000001.log.new",
          "0000000000000000000x.log", "x0000000000000000001.log", "-0000000000000000001.log",
          "+0000000000000000001.log", " 0000000000000000001.log", "18446744073709551616.log",
          "99999999999999999999.log", "00000000000000000001.LOG"}) {
        EXPECT_EQ(parse_segment_name(name), std::nullopt) << name;
    }
}

TEST(Directory, lists_segments_in_order_and_nothing_else) {
    support::SimulatedDisk disk{1};
    const Directory directory{"/store"};
    EXPECT_TRUE(directory.list_segments(disk).error() == DiskError::not_found);
    disk.create_directory("/store").value();
    disk.create_directory(directory.segments()).value();
    EXPECT_TRUE(directory.list_segments(disk).value().empty());
    for (const std::uint64_t first : {900U, 1U, 77U}) {
        static_cast<void>(disk.open(directory.segment({first}), FileMode::create_new).value());
        static_cast<void>(disk.open(directory.index({first}), FileMode::create_new).value());
    }
    static_cast<void>(disk.open("/store/segments/notes.txt", FileMode::create_new).value());
    EXPECT_EQ(directory.list_segments(disk).value(),
              (std::vector{Position{1}, Position{77}, Position{900}}));
}

}  // namespace
}  // namespace mainstem::log
