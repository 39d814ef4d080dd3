// Reading beside a writer, and reading what is damaged.
#include <algorithm>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class ReadOnly : public LogTest {
protected:
    ReadOnly() { open_writer(); }

    /// Flips a bit in the payload of the event at `position`, which the log must have as an event
    /// of the last segment.
    void damage(std::string_view unique_data) {
        const std::string path = files(".log").back();
        const auto at = disk.image().at(path).find(unique_data);
        ASSERT_NE(at, std::string::npos);
        disk.flip_bit(path, at, 3);
    }
};

TEST_F(ReadOnly, writes_nothing) {
    fill(3);
    append("buffered", "{}", Durability::buffered);
    for (const bool closed : {false, true}) {
        if (closed) close_writer();
        const auto before = disk.image();
        const auto changes = disk.changes();
        {
            const auto reader = open(OpenMode::read_only);
            EXPECT_FALSE(read_all(*reader).empty());
            EXPECT_EQ(reader->streams({}, {}, 100).value().size(), closed ? 6U : 5U);
            EXPECT_GT(reader->stats().value().segments, 2U);
        }
        EXPECT_EQ(disk.changes(), changes) << disk.log_tail(20);
        EXPECT_EQ(disk.image(), before);
    }
}

TEST_F(ReadOnly, refuses_appends) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_TRUE(reader->append(one_event("a")).error() == StoreError::read_only);
    EXPECT_TRUE(reader->append_system(one_event("$a")).error() == StoreError::read_only);
    std::optional<Error> answer;
    reader->async_append(one_event("a"), [&](const Result<Appended>& got) {
        if (!got) answer = got.error();
    });
    ASSERT_TRUE(answer);
    EXPECT_TRUE(*answer == StoreError::read_only);
}

TEST_F(ReadOnly, does_not_exist_for_a_missing_store) {
    LogConfig elsewhere = config(OpenMode::read_only);
    EXPECT_TRUE(LogStore::open("/nowhere", elsewhere).error() == StoreError::not_found);
    disk.create_directory("/empty").value();
    EXPECT_TRUE(LogStore::open("/empty", elsewhere).error() == StoreError::not_found);
}

TEST_F(ReadOnly, sees_only_what_is_flushed) {
    append("a");
    append("a", "{}", Durability::buffered);
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(store->head().value(), Position{2});
    EXPECT_EQ(reader->head().value(), Position{1});
    EXPECT_EQ(read_all(*reader).size(), 1U);
    EXPECT_EQ(reader->stream_info("a").value().version, Version{1});

    store->flush_buffered();
    EXPECT_EQ(reader->head().value(), Position{2});
    EXPECT_EQ(read_all(*reader), read_all(*store));
    EXPECT_EQ(reader->stream_info("a").value().version, Version{2});
}

TEST_F(ReadOnly, forgets_what_was_written_and_never_flushed) {
    append("a");
    append("a", "lost", Durability::buffered);
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});

    // The machine of the writer stops: what it had not flushed is not there, and another writer
    // goes on with other events at the same place. The other disk gives the same salt.
    support::SimulatedDisk other_disk{2};
    LogConfig other_config = config();
    other_config.disk = &other_disk;
    const auto other = LogStore::open(directory, other_config).value();
    other->append({.events = {{"a", plain_event(1)}}}).value();
    other->append({.events = {{"b", plain_event(7, "other")}}}).value();
    for (const auto& [path, bytes] : other_disk.image()) {
        if (path.ends_with("LOCK")) continue;
        const auto file = disk.open(path, FileMode::write).value();
        file->write_at(std::as_bytes(std::span{bytes}), 0).value();
    }
    EXPECT_EQ(reader->head().value(), Position{2});
    EXPECT_EQ(read_all(*reader), read_all(*other));
    EXPECT_EQ(reader->stream_info("a").value().version, Version{1});
    EXPECT_EQ(reader->stream_info("b").value().version, Version{1});
}

TEST_F(ReadOnly, follows_a_writer_over_roll_overs) {
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{0});
    for (std::size_t segments = 1; segments <= 5; ++segments) {
        fill(segments);
        append("last of a segment");
        if (segments % 2 == 0) store->run_background();  // index files of some sealed segments
        EXPECT_EQ(reader->head().value(), store->head().value());
        EXPECT_EQ(read_all(*reader), read_all(*store));
        EXPECT_EQ(read(reader->read_stream("stream-1", {})),
                  read(store->read_stream("stream-1", {})));
    }
}

TEST_F(ReadOnly, follows_over_several_roll_overs_at_once) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    fill(6);
    EXPECT_EQ(reader->head().value(), store->head().value());
    EXPECT_EQ(read_all(*reader), read_all(*store));
    EXPECT_EQ(reader->streams({}, {}, 100).value(), store->streams({}, {}, 100).value());
}

TEST_F(ReadOnly, says_what_it_leaves_out_without_HEAD) {
    append("a");
    append("a");
    append("b");
    close_writer();
    EXPECT_EQ(read_all(*open(OpenMode::read_only)).size(), 3U);
    EXPECT_TRUE(notices.empty());
    disk.erase(head_file);
    EXPECT_EQ(read_all(*open(OpenMode::read_only)).size(), 2U);
    EXPECT_TRUE(noticed("HEAD: is missing or damaged; events from position 3 on"));
    open_writer();
    EXPECT_EQ(read_all(*store).size(), 3U);
}

TEST_F(ReadOnly, lags_while_HEAD_cannot_be_read) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    append("a");
    disk.flip_bit(head_file, 20, 1);
    EXPECT_EQ(reader->head().value(), Position{1});
    append("a");
    EXPECT_EQ(reader->head().value(), Position{3});
}

TEST_F(ReadOnly, keeps_HEAD_open_between_reads) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    const auto opened = disk.count(Operation::open);
    for (std::uint64_t i = 2; i < 20; ++i) {
        append("a");
        EXPECT_EQ(reader->head().value(), Position{i});
    }
    EXPECT_EQ(disk.count(Operation::open), opened);
}

TEST_F(ReadOnly, finds_a_HEAD_that_was_missing_at_first) {
    append("a");
    append("a");
    close_writer();
    disk.erase(head_file);
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    open_writer();
    append("a");
    EXPECT_EQ(reader->head().value(), Position{3});
    EXPECT_EQ(read_all(*reader), read_all(*store));
}

TEST_F(ReadOnly, finds_a_HEAD_that_was_made_anew_instead_of_a_broken_one) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    close_writer();
    disk.flip_bit(head_file, 20, 1);
    EXPECT_EQ(reader->head().value(), Position{1});
    open_writer();
    append("a");
    EXPECT_EQ(reader->head().value(), Position{2});
}

TEST_F(ReadOnly, finds_a_HEAD_that_was_made_anew_instead_of_a_removed_one) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    close_writer();
    disk.erase(head_file);
    EXPECT_EQ(reader->head().value(), Position{1});
    open_writer();
    append("a");
    clock.advance(std::chrono::milliseconds{100});
    EXPECT_EQ(reader->head().value(), Position{2});
    clock.set({});  // a clock that goes back does not make it wait
    disk.erase(head_file);
    close_writer();
    open_writer();
    append("a");
    EXPECT_EQ(reader->head().value(), Position{3});
}

TEST_F(ReadOnly, refuses_damage_and_names_it) {
    append("a", "the first");
    append("a", "the second");
    append("a", "the third");
    close_writer();
    damage("the second");
    const auto refused = try_open(OpenMode::read_only);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error() == StoreError::damaged);
    EXPECT_NE(refused.error().message().find(first_segment), std::string::npos);
    EXPECT_NE(refused.error().message().find("position 2"), std::string::npos);
}

TEST_F(ReadOnly, serves_what_lies_before_damage_when_asked_to) {
    append("a", "the first");
    append("b", "the second");
    append("a", "the third");
    const auto all = read_all(*store);
    close_writer();
    damage("the third");
    const auto reader = try_open(OpenMode::read_only, true).value();
    EXPECT_TRUE(noticed("position 3"));
    EXPECT_EQ(notices.size(), 1U);
    EXPECT_EQ(reader->head().value(), Position{2});
    EXPECT_EQ(read_all(*reader), std::vector(all.begin(), all.begin() + 2));
    EXPECT_EQ(read(reader->read_stream("a", {})), std::vector{all[0]});
    EXPECT_EQ(reader->stream_info("a").value().version, Version{1});
}

TEST_F(ReadOnly, serves_nothing_when_the_first_event_is_damaged) {
    append("a", "the first");
    append("a", "the second");
    close_writer();
    damage("the first");
    const auto reader = try_open(OpenMode::read_only, true).value();
    EXPECT_EQ(reader->head().value(), Position{0});
    EXPECT_TRUE(read_all(*reader).empty());
}

TEST_F(ReadOnly, serves_what_lies_before_a_missing_segment_when_asked_to) {
    fill(4);
    const auto all = read_all(*store);
    store->run_background();
    close_writer();
    const auto segments = files(".log");
    for (std::size_t missing = 1; missing < segments.size(); ++missing) {
        const std::string bytes = disk.image().at(segments[missing]);
        disk.erase(segments[missing]);
        EXPECT_TRUE(try_open(OpenMode::read_only).error() == StoreError::damaged);
        const auto reader = try_open(OpenMode::read_only, true).value();
        const auto before = read_all(*reader);
        EXPECT_EQ(fmt::format("/store/segments/{:020}.log", before.size() + 1), segments[missing]);
        EXPECT_TRUE(std::ranges::equal(before, std::span{all}.first(before.size())));
        EXPECT_EQ(reader->head().value(), Position{before.size()});
        EXPECT_TRUE(noticed(segments[missing]));
        put(segments[missing], bytes);
    }
    disk.erase(segments.front());
    EXPECT_TRUE(try_open(OpenMode::read_only, true).error() == StoreError::damaged);
}

TEST_F(ReadOnly, notices_when_a_segment_goes_missing_beside_a_writer) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_EQ(reader->head().value(), Position{1});
    fill(4);
    disk.erase(files(".log")[2]);
    EXPECT_TRUE(reader->head().error() == StoreError::damaged);
}

TEST_F(ReadOnly, never_serves_damage_of_a_sealed_segment) {
    fill(3);
    const auto all = read_all(*store);
    close_writer();
    const std::string path = files(".log").front();
    disk.flip_bit(path, 5'000, 0);
    const auto reader = open(OpenMode::read_only);
    EXPECT_TRUE(last_error(reader->read_all({})) == StoreError::damaged);
    std::vector<Event> before;
    for (const auto& event : reader->read_all({.page_events = 1})) {
        if (event) before.push_back(event->to_owned());
    }
    ASSERT_LT(before.size(), all.size());
    EXPECT_EQ(before, std::vector(all.begin(), all.begin() + static_cast<long>(before.size())));
}

}  // namespace
}  // namespace mainstem::log
