// Sealed segments and their index files: missing and broken ones are made anew, and answers stay
// right all the time.
#include <algorithm>

#include "log/index_block.hpp"
#include "unit/log/sealed_segments.hpp"

namespace mainstem::log {
namespace {

TEST_F(SealedSegments, have_an_index_file_each) {
    EXPECT_EQ(indexes.size(), files(".log").size() - 1);
    open_writer();
    expect_right(*store);
    expect_repeats_known();
    EXPECT_TRUE(notices.empty()) << notices.front();
    EXPECT_GT(store->stats().value().index_bytes, 0U);
}

TEST_F(SealedSegments, get_a_missing_index_back) {
    const auto image = disk.image();
    for (const std::string& index : indexes) disk.erase(index);
    open_writer();
    expect_right(*store);
    expect_repeats_known();
    EXPECT_EQ(notices.size(), indexes.size());
    for (const std::string& index : indexes) {
        EXPECT_EQ(disk.image().at(index), image.at(index)) << "the same log gives the same index";
        EXPECT_TRUE(noticed(index));
    }
}

TEST_F(SealedSegments, do_without_an_index_that_may_not_be_written) {
    for (const std::string& index : indexes) disk.erase(index);
    const auto reader = open(OpenMode::read_only);
    expect_right(*reader);
    EXPECT_TRUE(files(".index").empty());
}

TEST_F(SealedSegments, do_without_an_index_for_which_there_is_no_room) {
    for (const std::string& index : indexes) disk.erase(index);
    open_writer();
    disk.plan(
        {.kind = Operation::create, .times = support::for_ever, .error = DiskError::no_space});
    expect_right(*store);
    expect_repeats_known();
    EXPECT_TRUE(noticed("no_space"));
    disk.clear_faults();
    EXPECT_FALSE(append("a").repeated) << "a missing index does not stop the store";
}

TEST_F(SealedSegments, get_a_damaged_index_back) {
    const auto image = disk.image();
    Random random{6};
    for (int round = 0; round < 30; ++round) {
        SCOPED_TRACE(round);
        const std::string& index = indexes[random.below(indexes.size())];
        const std::string& whole = image.at(index);
        if (round % 3 == 0) {
            put(index, whole.substr(0, random.below(whole.size())));
        } else {
            disk.flip_bit(index, random.below(whole.size()), 5);
        }
        open_writer();
        expect_right(*store);
        expect_repeats_known();
        close_writer();
    }
    EXPECT_TRUE(noticed("making it anew"));
}

TEST_F(SealedSegments, leave_an_index_that_was_made_anew_in_its_file) {
    for (const std::string& index : indexes) disk.erase(index);
    open_with({0});
    expect_right(*store);
    const auto reads = disk.count(Operation::read);
    EXPECT_EQ(store->streams({}, {}, 100).value().size(), 5U);
    EXPECT_GT(disk.count(Operation::read), reads);
}

TEST_F(SealedSegments, outlive_an_index_that_turns_bad_again_and_again) {
    const auto image = disk.image();
    open_with({0});
    for (int round = 0; round < 3; ++round) {
        expect_right(*store);
        const std::size_t notices_before = notices.size();
        for (const std::string& index : indexes) {
            EXPECT_EQ(disk.image().at(index), image.at(index));
            for (std::uint64_t at = block_size; at < image.at(index).size(); at += block_size) {
                disk.flip_bit(index, at, 1);
            }
        }
        expect_right(*store);
        // The second time it stays in memory, where the file's damage is nothing to it.
        EXPECT_EQ(notices.size() - notices_before, round < 2 ? indexes.size() : 0U) << round;
        if (round == 1) {
            const auto reads = disk.count(Operation::read);
            EXPECT_EQ(store->streams({}, {}, 100).value().size(), 5U);
            EXPECT_EQ(disk.count(Operation::read), reads);
        }
    }
}

TEST_F(SealedSegments, get_their_own_index_back_for_that_of_another) {
    const auto image = disk.image();
    put(indexes[0], image.at(indexes[1]));
    put(indexes[1], image.at(indexes[0]));
    open_writer();
    expect_right(*store);
    expect_repeats_known();
    EXPECT_EQ(disk.image().at(indexes[0]), image.at(indexes[0]));
}

/// Its first block is in the cache of pages when the new file takes its place.
TEST_F(SealedSegments, get_an_index_of_another_version_back) {
    for (std::size_t i = 0; i < indexes.size(); ++i) {
        SegmentHeader header;
        const std::string log = closed.at(files(".log")[i]);
        ASSERT_EQ(parse(std::as_bytes(std::span{log}), header), Verdict::valid);
        std::string other = closed.at(indexes[i]);
        other[offsetof(IndexHeader, version)] ^= 1;
        auto* const block = reinterpret_cast<std::byte*>(other.data());
        const std::uint32_t checksum = block_checksum(block, 0, header.salt);
        std::memcpy(block + block_content, &checksum, sizeof checksum);
        put(indexes[i], other);
    }
    open_writer();
    expect_right(*store);
    EXPECT_EQ(notices.size(), indexes.size()) << "the new one is taken at once";
    EXPECT_TRUE(noticed("another version"));
    expect_indexes_whole();
}

TEST_F(SealedSegments, are_never_served_damaged) {
    const std::string log = files(".log")[1];
    const auto first = std::stoull(log.substr(log.size() - 24, 20));
    for (const bool with_index : {true, false}) {
        disk.flip_bit(log, 3'000, 1);
        if (!with_index) disk.erase(indexes[1]);
        open_writer();
        std::vector<Event> before;
        std::optional<Error> error;
        for (const auto& event : store->read_all({.page_events = 1})) {
            if (event) before.push_back(event->to_owned());
            if (!event) error = event.error();
        }
        ASSERT_TRUE(error);
        EXPECT_TRUE(*error == StoreError::damaged);
        EXPECT_NE(error->message().find(log), std::string::npos) << *error;
        EXPECT_GE(before.size() + 1, first);
        EXPECT_TRUE(std::ranges::equal(before, std::span{events}.first(before.size())));
        close_writer();
        disk.flip_bit(log, 3'000, 1);
    }
}

TEST_F(SealedSegments, of_another_store_are_refused_when_read) {
    const std::string log = files(".log")[1];
    std::string bytes = disk.image().at(log);
    SegmentHeader header;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
    header.store_id[0] ^= 1;
    seal(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    put(log, bytes);
    open_writer();
    EXPECT_TRUE(last_error(store->read_all({})) == StoreError::damaged);
}

TEST_F(SealedSegments, of_a_newer_version_say_so_when_read) {
    const std::string log = files(".log")[1];
    std::string bytes = disk.image().at(log);
    SegmentHeader header;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
    header.version = format_version + 1;
    seal(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    put(log, bytes);
    open_writer();
    EXPECT_TRUE(last_error(store->read_all({})) == StoreError::newer_format);
}

TEST_F(SealedSegments, with_an_event_of_a_newer_version_say_so) {
    const std::string log = files(".log")[1];
    const Position newer{std::stoull(log.substr(log.size() - 24, 20)) + 7};
    const Event& event = events[newer.value - 1];
    const auto whole = disk.image();
    for (const EventKind kind : {EventKind::erased, EventKind{9}}) {
        set_kind(log, newer, kind);
        for (const bool with_index : {true, false}) {
            if (!with_index) disk.erase(indexes[1]);
            open_writer();
            const Error error = last_error(store->read_all({}));
            EXPECT_TRUE(error == StoreError::newer_format) << error;
            EXPECT_NE(error.message().find(fmt::format("position {} ", newer.value)),
                      std::string::npos)
                << error;
            EXPECT_TRUE(last_error(store->read_stream(event.stream, {})) ==
                        StoreError::newer_format);
            const auto repeat =
                store->append({.events = {{event.stream, plain_event(newer.value, event.data)}}});
            EXPECT_TRUE(repeat.error() == StoreError::newer_format) << repeat.error();
            close_writer();
        }
        put(log, whole.at(log));
        put(indexes[1], whole.at(indexes[1]));
    }
}

TEST_F(SealedSegments, take_damage_for_no_other_content_of_a_request) {
    const std::string log = files(".log")[1];
    const Position damaged{std::stoull(log.substr(log.size() - 24, 20)) + 7};
    const Event& event = events[damaged.value - 1];
    const auto hit = [&](std::uint64_t offset) {
        disk.flip_bit(log, offset, 1);
        open_writer();
        const auto repeat =
            store->append({.events = {{event.stream, plain_event(damaged.value, event.data)}}});
        close_writer();
        disk.flip_bit(log, offset, 1);
        return !repeat && repeat.error() == StoreError::damaged;
    };
    const std::string id{reinterpret_cast<const char*>(event.id.bytes.data()),
                         event.id.bytes.size()};
    const auto place = disk.image().at(log).find(id);
    ASSERT_NE(place, std::string::npos);
    EXPECT_TRUE(hit(place)) << "the id";
    EXPECT_TRUE(hit(place + event.id.bytes.size() + 100)) << "the data";
}

TEST_F(SealedSegments, can_be_read_while_their_index_goes_to_its_file) {
    open_writer();
    const std::size_t before = store->stats().value().segments;
    auto cursor = store->read_all({.page_events = 3});
    std::size_t read_events = 0;
    for (const Event& event : events) {
        const auto* next = cursor.next();
        ASSERT_NE(next, nullptr);
        EXPECT_TRUE(next->value().to_owned() == event);
        if (++read_events % 20 == 0) {
            append("more", std::string(9'000, 'm'));
            store->run_background();
        }
    }
    EXPECT_EQ(cursor.next(), nullptr) << "what came later is not part of the read";
    EXPECT_GT(store->stats().value().segments, before);
}

using WaitingIndexes = LogTest;

TEST_F(WaitingIndexes, are_written_by_roll_overs_when_nobody_else_does) {
    open_writer();
    for (std::size_t segments = 2; segments <= 10; ++segments) {
        fill(segments);
        const std::size_t sealed = segments - 1;
        EXPECT_EQ(files(".index").size(), sealed - std::min<std::size_t>(sealed, 3));
    }
    EXPECT_EQ(files(".index"), [&] {
        auto oldest = files(".log");
        oldest.resize(6);
        for (auto& path : oldest) path.replace(path.size() - 3, 3, "index");
        return oldest;
    }());
    store->run_background();
    EXPECT_EQ(files(".index").size(), 9U);
    EXPECT_EQ(read_all(*store).size(), made);
    EXPECT_TRUE(notices.empty());
}

TEST_F(WaitingIndexes, that_cannot_be_written_stop_no_append) {
    open_writer();
    disk.plan({.kind = Operation::rename, .times = support::for_ever});
    fill(8);
    EXPECT_TRUE(files(".index").empty());
    EXPECT_FALSE(notices.empty());
    EXPECT_EQ(read_all(*store).size(), made);
    disk.clear_faults();
    close_writer();
    open_writer();
    EXPECT_EQ(read_all(*store).size(), made);
}

}  // namespace
}  // namespace mainstem::log
