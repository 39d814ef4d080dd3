// Reads of streams by way of the cache of pages: which calls they spare, and that a page which may
// still change is never kept.
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class CachedReads : public LogTest {
protected:
    static constexpr std::size_t streams = 5;

    /// Reads every stream, both ways, and holds it against the global order.
    void expect_right() {
        std::map<std::string, std::vector<Event>> expected;
        for (const Event& event : read_all(*store)) expected[event.stream].push_back(event);
        for (auto& [stream, events] : expected) {
            EXPECT_EQ(read(store->read_stream(stream, {})), events);
            std::ranges::reverse(events);
            EXPECT_EQ(read(store->read_stream(stream, {.direction = Direction::backward})), events);
        }
    }
    /// Calls that reading all streams takes.
    std::uint64_t calls() {
        const auto before = disk.count(Operation::read);
        for (std::size_t i = 0; i < streams; ++i) {
            EXPECT_FALSE(read(store->read_stream(fmt::format("stream-{}", i), {})).empty());
        }
        return disk.count(Operation::read) - before;
    }
};

TEST_F(CachedReads, spare_calls_the_second_time) {
    open_writer();
    fill(3);
    store->run_background();
    const auto first = calls();
    const auto second = calls();
    EXPECT_GT(first, 30U);  // two segments of 16 pages and more
    // What is left: the last page of each segment, which is not a whole one.
    EXPECT_LT(second, 12U);
    expect_right();
}

TEST_F(CachedReads, of_no_memory_read_the_file_every_time) {
    open_with({0});
    fill(3);
    store->run_background();
    static_cast<void>(calls());
    const auto second = calls();
    EXPECT_EQ(calls(), second);
    EXPECT_GT(second, 100U);
    expect_right();
}

TEST_F(CachedReads, never_see_an_older_state_of_the_page_that_is_written) {
    for (const Bytes memory : {Bytes{0}, 32_KiB, limits::memory_default}) {
        SCOPED_TRACE(memory.value);
        open_with(memory);
        for (int i = 0; i < 150; ++i) {
            const auto stream = fmt::format("stream-{}", made % streams);
            const auto version = append(stream, std::string(20 + made % 700, 'x')).version();
            const auto events = read(store->read_stream(stream, {}));
            ASSERT_FALSE(events.empty());
            EXPECT_EQ(events.back().version, version);
            EXPECT_EQ(events.size(), version.value);
        }
        expect_right();
    }
}

TEST_F(CachedReads, of_another_process_see_what_is_new) {
    open_writer();
    append("stream-0");
    const auto reader = open(OpenMode::read_only);
    for (int i = 0; i < 100; ++i) {
        const auto version = append("stream-0", std::string(300, 'x')).version();
        EXPECT_EQ(read(reader->read_stream("stream-0", {})).size(), version.value);
    }
}

TEST_F(CachedReads, keep_nothing_of_a_read_that_failed) {
    open_writer();
    for (int i = 0; i < 30; ++i) append("stream-1", std::string(1000, 'x'));
    const auto expected = read(store->read_stream("stream-1", {}));
    for (std::uint64_t at = 1; at <= 3; ++at) {
        open_with(limits::memory_default);
        disk.plan({.kind = Operation::read, .at = at});
        EXPECT_TRUE(last_error(store->read_stream("stream-1", {.page_events = 2})) ==
                    StoreError::io);
        EXPECT_EQ(read(store->read_stream("stream-1", {.page_events = 2})), expected);
    }
}

}  // namespace
}  // namespace mainstem::log
