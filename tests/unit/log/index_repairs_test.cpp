// Index files that are not in order when a store is opened are made anew beside its work.
#include <array>
#include <thread>

#include "log/index_files.hpp"
#include "log/index_format.hpp"
#include "log/index_repairs.hpp"
#include "unit/log/sealed_segments.hpp"

namespace mainstem::log {
namespace {

class Repairs : public SealedSegments {
protected:
    /// With its own threads, whose notices nobody takes.
    std::shared_ptr<LogStore> open_with_threads() {
        LogConfig wanted = config();
        wanted.helper_thread = true;
        wanted.on_notice = {};
        return LogStore::open(directory, wanted).value();
    }
    /// What a store that was just opened would repair.
    IndexRepairs repairs_of(const OpenedLog& log) {
        return IndexRepairs{sealed_segments(log.segments)};
    }
    OpenedLog open_log() {
        Random random{1};
        return open_for_writing(Directory{directory}, config(), random).value();
    }
};

TEST_F(Repairs, make_anew_what_is_not_in_order_and_tell_how_far_they_are) {
    disk.erase(indexes[0]);
    put(indexes[1], closed.at(indexes[1]).substr(0, 2 * block_size));
    std::string other = closed.at(indexes[2]);
    other[offsetof(IndexHeader, version)] ^= 1;
    put(indexes[2], other);
    open_writer();
    EXPECT_TRUE(notices.empty()) << "opening looks at no index";
    store->run_background();
    expect_indexes_whole();
    ASSERT_EQ(notices.size(), 3U);
    EXPECT_EQ(notices[0], indexes[0] + ": is missing; made anew from the log (1 of 3)");
    EXPECT_EQ(notices[1],
              indexes[1] + ": a section is missing or cut; made anew from the log (2 of 3)");
    EXPECT_EQ(notices[2], indexes[2] + ": is of another version; made anew from the log (3 of 3)");
    expect_right(*store);
    expect_repeats_known();
    EXPECT_EQ(notices.size(), 3U);
}

TEST_F(Repairs, replace_the_index_of_another_segment) {
    put(indexes[0], closed.at(indexes[1]));
    put(indexes[1], closed.at(indexes[0]));
    open_writer();
    store->run_background();
    expect_indexes_whole();
    expect_right(*store);
}

TEST_F(Repairs, change_nothing_where_all_is_in_order) {
    open_writer();
    const auto changes = disk.changes();
    store->run_background();
    EXPECT_EQ(disk.changes(), changes);
    EXPECT_TRUE(notices.empty());
}

TEST_F(Repairs, take_no_part_of_opening) {
    const auto opened_files = [this] {
        const auto before = disk.count(Operation::open);
        open_writer();
        return disk.count(Operation::open) - before;
    };
    const auto with_few = opened_files();
    fill(12);
    store->run_background();
    close_writer();
    EXPECT_EQ(opened_files(), with_few) << "however many segments there are";
}

TEST_F(Repairs, leave_to_others_what_they_have_asked_for) {
    erase_indexes();
    const OpenedLog log = open_log();
    IndexRepairs repairs = repairs_of(log);
    for (std::size_t i = 0; i < indexes.size(); ++i) repairs.step({});
    Segment& asked = *log.segments[1];
    const auto count = asked.visible().count;
    EXPECT_TRUE(asked.with_index(
        [&](const SegmentIndex& index) { return index.find(StreamKey{"stream-1"}, count); }));
    const auto created = disk.count(Operation::create);
    while (repairs.pending()) repairs.step({});
    EXPECT_EQ(disk.count(Operation::create), created + indexes.size() - 1);
    expect_indexes_whole();
}

TEST_F(Repairs, end_soon_and_without_a_trace) {
    erase_indexes();
    for (int frames = 0; frames < 50; frames += 7) {
        const OpenedLog log = open_log();
        IndexRepairs repairs = repairs_of(log);
        for (std::size_t i = 0; i < indexes.size(); ++i) repairs.step({});
        ASSERT_TRUE(repairs.pending());
        const auto changes = disk.changes();
        int asked = 0;
        repairs.step([&](std::uint64_t) { return asked++ < frames; });
        EXPECT_EQ(asked, frames + 1) << "nothing is done after a no";
        EXPECT_EQ(disk.changes(), changes);
    }
    EXPECT_TRUE(notices.empty());
}

TEST_F(Repairs, go_past_a_damaged_segment) {
    erase_indexes();
    const std::string log = files(".log")[1];
    disk.flip_bit(log, 3'000, 1);
    open_writer();
    store->run_background();
    EXPECT_TRUE(noticed(log));
    EXPECT_TRUE(noticed("(3 of 3)"));
    EXPECT_EQ(files(".index"), (std::vector{indexes[0], indexes[2]}));
}

TEST_F(Repairs, end_where_there_is_no_room_and_begin_again_with_the_next_opening) {
    erase_indexes();
    open_writer();
    disk.plan({.kind = Operation::write, .times = support::for_ever, .error = DiskError::no_space});
    store->run_background();
    disk.clear_faults();
    EXPECT_EQ(notices.size(), 1U) << "the others would fail, too";
    EXPECT_TRUE(noticed("no_space"));
    EXPECT_TRUE(files(".new").empty());
    append("a");
    expect_repeats_known();
    close_writer();
    open_writer();
    store->run_background();
    expect_indexes_whole();
}

TEST_F(Repairs, make_each_index_once_whoever_asks_meanwhile) {
    for (int round = 0; round < 10; ++round) {
        erase_indexes();
        const auto created = disk.count(Operation::create);
        auto threaded = open_with_threads();
        {
            std::array<std::jthread, 4> readers;
            for (auto& reader : readers) reader = std::jthread{[&] { expect_right(*threaded); }};
        }
        threaded.reset();
        EXPECT_EQ(disk.count(Operation::create) - created, indexes.size());
        expect_indexes_whole();
    }
}

TEST_F(Repairs, let_others_wait_for_the_index_at_hand) {
    erase_indexes();
    const OpenedLog log = open_log();
    Segment& segment = *log.segments[0];
    const auto created = disk.count(Operation::create);
    std::jthread asks;
    const auto done = segment.make_index_file([&](std::uint64_t) {
        if (!asks.joinable()) {
            asks = std::jthread{[&] {
                const auto span = segment.with_index([&](const SegmentIndex& index) {
                    return index.find(StreamKey{"stream-1"}, segment.visible().count);
                });
                EXPECT_TRUE(span.value().has_value());
            }};
        }
        return true;
    });
    EXPECT_TRUE(done.value());
    asks.join();
    EXPECT_EQ(disk.count(Operation::create), created + 1);
    EXPECT_EQ(disk.image().at(indexes[0]), closed.at(indexes[0]));
}

TEST_F(Repairs, leave_no_half_file_when_the_store_closes) {
    for (int round = 0; round < 20; ++round) {
        erase_indexes();
        auto threaded = open_with_threads();
        if (round % 2 == 0) threaded->append(one_event("late")).value();
        threaded.reset();
        EXPECT_TRUE(files(".new").empty());
        for (const std::string& index : files(".index")) {
            EXPECT_EQ(disk.image().at(index), closed.at(index));
        }
        restore();
    }
}

}  // namespace
}  // namespace mainstem::log
