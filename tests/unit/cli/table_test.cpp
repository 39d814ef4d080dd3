// Tables, listings, JSON objects and the output they go to.
#include <algorithm>
#include <array>
#include <csignal>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/json_object.hpp"
#include "cli/table.hpp"

namespace mainstem::cli {
namespace {

/// What is written to a pipe by `write`, which must fit into it.
template <class Write>
std::string written(const Write& write) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    Output output{ends[1]};
    write(output);
    EXPECT_TRUE(output.flush());
    close(ends[1]);
    std::string text(65'536, '\0');
    const auto got = read(ends[0], text.data(), text.size());
    close(ends[0]);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
}

TEST(Table, aligns_columns) {
    EXPECT_EQ(written([](Output& output) {
                  Table table{output, {{"N", Align::right}, {"NAME"}, {"X"}}};
                  table.add({"1", "a", "x"});
                  table.add({"100", "länger", ""});
                  table.finish();
              }),
              "  N  NAME    X\n"
              "  1  a       x\n"
              "100  länger\n");
}

TEST(Table, makes_cells_printable) {
    EXPECT_EQ(written([](Output& output) {
                  Table table{output, {{"NAME"}}};
                  table.add({"a\n\x1b[2J"});
                  table.finish();
              }),
              "NAME\na\\n\\x1b[2J\n");
}

TEST(Table, prints_later_rows_at_once) {
    const auto text = written([](Output& output) {
        Table table{output, {{"A"}, {"B"}}};
        for (int i = 0; i < 150; ++i) table.add({"x", "y"});
        table.add({"wider than the others", "y"});
        table.finish();
    });
    EXPECT_EQ(std::ranges::count(text, '\n'), 152);
    EXPECT_TRUE(text.ends_with("x  y\nwider than the others  y\n"));
}

TEST(Listing, aligns_values) {
    Listing listing;
    listing.add("a", "1");
    listing.add("long name", "2\n");
    EXPECT_EQ(listing.text(), "a          1\nlong name  2\\n\n");
}

TEST(Output, tells_when_nobody_reads) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    Output output{ends[1]};
    EXPECT_TRUE(output.wanted());
    output.write("text");
    EXPECT_TRUE(output.flush());
    EXPECT_FALSE(output.wanted());
    output.write("more");
    EXPECT_TRUE(output.flush());
    close(ends[1]);
}

TEST(Output, fails_when_the_disk_is_full) {
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) GTEST_SKIP() << "there is no /dev/full here";
    Output output{full};
    output.write("text");
    const auto flushed = output.flush();
    ASSERT_FALSE(flushed);
    EXPECT_TRUE(flushed.error().message().contains("cannot write to standard output"));
    close(full);
}

TEST(JsonObject, is_written_member_by_member) {
    EXPECT_EQ(JsonObject{}.str(), "{}");
    EXPECT_EQ(JsonObject{}
                  .text("a", "x\"y")
                  .number("b", 7)
                  .decimal("c", 1.5)
                  .boolean("d", false)
                  .json("e", json_array({"1", "{}"}))
                  .str(),
              R"({"a":"x\"y","b":7,"c":1.500,"d":false,"e":[1,{}]})");
}

}  // namespace
}  // namespace mainstem::cli
