// Opening: what is made, what is repaired, what is refused, and that a refusal changes nothing.
#include <algorithm>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

class Opening : public LogTest {
protected:
    /// A closed store of some segments and some events in each.
    std::vector<Event> make_store(std::size_t count = 3) {
        open_writer();
        fill(count);
        append("last");
        auto events = read_all(*store);
        store->run_background();
        close_writer();
        segments = files(".log");
        return events;
    }
    /// All files but LOCK, which holds the id of who tried last.
    std::map<std::string, std::string> contents() {
        auto image = disk.image();
        image.erase("/store/LOCK");
        return image;
    }
    /// Opening for writing and reading answers `error`, names `part` and changes nothing.
    void expect_refused(StoreError error, std::string_view part) {
        const auto before = contents();
        for (const OpenMode mode : {OpenMode::create, OpenMode::existing, OpenMode::read_only}) {
            const auto opened = try_open(mode);
            ASSERT_FALSE(opened);
            EXPECT_TRUE(opened.error() == error) << opened.error();
            EXPECT_NE(opened.error().message().find(part), std::string::npos) << opened.error();
            EXPECT_EQ(opened.error().message().find('\n'), std::string::npos);
            EXPECT_EQ(contents(), before);
        }
    }
    void expect_opens_with(const std::vector<Event>& events) {
        for (const OpenMode mode : {OpenMode::read_only, OpenMode::existing}) {
            const auto opened = open(mode);
            EXPECT_EQ(read_all(*opened), events);
        }
        open_writer();
        EXPECT_EQ(append("after").position, Position{events.size() + 1});
        close_writer();
        open_writer();
        EXPECT_EQ(read_all(*store).size(), events.size() + 1);
    }
    static std::string index_of(const std::string& segment) {
        return segment.substr(0, segment.size() - 3) + "index";
    }
    void resize(const std::string& path, std::uint64_t size) {
        put(path, std::string{disk.image().at(path)}.substr(0, size));
    }

    std::vector<std::string> segments;
};

TEST_F(Opening, makes_a_store_where_there_is_none) {
    open_writer();
    EXPECT_EQ(store->head().value(), Position{0});
    EXPECT_TRUE(read_all(*store).empty());
    EXPECT_EQ(disk.list("/store").value(), (std::vector<std::string>{"HEAD", "LOCK", "segments"}));
    EXPECT_EQ(files(".log"), std::vector<std::string>{first_segment});
    disk.power_cut();
    store.reset();
    EXPECT_EQ(open(OpenMode::existing)->head().value(), Position{0}) << "it is on the disk";
}

TEST_F(Opening, makes_none_unless_asked_to) {
    EXPECT_TRUE(try_open(OpenMode::existing).error() == StoreError::not_found);
    EXPECT_TRUE(try_open(OpenMode::read_only).error() == StoreError::not_found);
    EXPECT_TRUE(disk.image().empty());
    EXPECT_TRUE(disk.list("/store").error() == DiskError::not_found);
}

TEST_F(Opening, goes_on_where_it_was_closed) {
    const auto events = make_store();
    expect_opens_with(events);
    EXPECT_TRUE(notices.empty()) << notices.front();
}

TEST_F(Opening, refuses_bad_segment_sizes) {
    for (const std::uint64_t size :
         {std::uint64_t{0}, limits::segment_least.value - 1, limits::segment_most.value + 1}) {
        LogConfig bad = config();
        bad.segment_size = Bytes{size};
        EXPECT_TRUE(LogStore::open(directory, bad).error() == StoreError::invalid);
    }
    EXPECT_TRUE(disk.image().empty());
}

TEST_F(Opening, refuses_a_second_writer) {
    open_writer();
    append("a");
    const auto second = try_open();
    ASSERT_TRUE(second.error() == StoreError::in_use);
    append("a");
    close_writer();
    EXPECT_EQ(read_all(*open()).size(), 2U);
}

TEST_F(Opening, stays_locked_while_a_cursor_is_open) {
    open_writer();
    for (int i = 0; i < 5; ++i) append("a");
    std::optional<EventCursor> cursor = store->read_all({.page_events = 1});
    ASSERT_NE(cursor->next(), nullptr);
    close_writer();
    EXPECT_TRUE(try_open().error() == StoreError::in_use);
    int left = 0;
    while (const auto* event = cursor->next()) left += event->has_value() ? 1 : 0;
    EXPECT_EQ(left, 4);
    cursor.reset();
    EXPECT_EQ(read_all(*open()).size(), 5U);
}

TEST_F(Opening, refuses_a_folder_of_something_else) {
    disk.create_directory("/store").value();
    put("/store/thesis.txt", "important");
    const auto before = disk.image();
    const auto refused = try_open();
    ASSERT_TRUE(refused.error() == StoreError::invalid);
    EXPECT_NE(refused.error().message().find("/store"), std::string::npos);
    EXPECT_EQ(disk.image(), before);
    EXPECT_TRUE(try_open(OpenMode::read_only).error() == StoreError::not_found);
}

TEST_F(Opening, takes_an_empty_folder) {
    disk.create_directory("/store").value();
    open_writer();
    EXPECT_EQ(append("a").position, Position{1});
}

TEST_F(Opening, names_what_the_disk_says) {
    make_store();
    for (const OpenMode mode : {OpenMode::create, OpenMode::read_only}) {
        disk.plan({.kind = Operation::list, .error = DiskError::no_permission});
        EXPECT_TRUE(try_open(mode).error() == StoreError::io) << "not: there is no store";
        disk.clear_faults();
        disk.plan({.kind = Operation::open, .at = 2, .error = DiskError::too_many_open});
        EXPECT_TRUE(try_open(mode).error() == StoreError::io);
        disk.clear_faults();
        disk.plan({.kind = Operation::read, .at = 2});
        EXPECT_TRUE(try_open(mode).error() == StoreError::io);
        disk.clear_faults();
    }
}

TEST_F(Opening, needs_no_HEAD) {
    const auto events = make_store();
    const std::string head = disk.image().at(head_file);
    disk.erase(head_file);
    EXPECT_EQ(read_all(*open()), events);
    for (const std::string& bytes : {std::string{}, std::string(64, '\0'), std::string(64, '\xFF'),
                                     head.substr(0, 63), '!' + head.substr(1)}) {
        put(head_file, bytes);
        EXPECT_EQ(read_all(*open()), events);
        EXPECT_EQ(head_record().durable_position, events.size()) << "it is made anew";
    }
}

TEST_F(Opening, needs_no_HEAD_of_today) {
    const auto events = make_store();
    HeadRecord head = head_record();
    head.durable_offset = sizeof(SegmentHeader);
    put_head(head);
    EXPECT_EQ(read_all(*open()), events);
    head.segment = 1;
    head.durable_offset = 500;
    put_head(head);
    EXPECT_EQ(read_all(*open()), events);
}

TEST_F(Opening, refuses_a_HEAD_of_another_store) {
    make_store();
    HeadRecord head = head_record();
    head.store_id[3] ^= 1;
    put_head(head);
    expect_refused(StoreError::damaged, "another store");
}

TEST_F(Opening, refuses_a_HEAD_of_a_newer_version) {
    make_store();
    HeadRecord head = head_record();
    head.version = 2;
    put_head(head);
    expect_refused(StoreError::newer_format, "HEAD: format 2");
}

TEST_F(Opening, refuses_to_go_on_without_the_segment_that_HEAD_names) {
    make_store();
    disk.erase(segments.back());
    expect_refused(StoreError::damaged, segments.back());
}

TEST_F(Opening, refuses_to_go_on_without_any_segment) {
    make_store();
    const std::string head = disk.image().at(head_file);
    for (const std::string& segment : segments) disk.erase(segment);
    expect_refused(StoreError::damaged, segments.back() + ": is missing");
    for (const std::string& index : files(".index")) disk.erase(index);
    expect_refused(StoreError::damaged, segments.back() + ": is missing");

    support::SimulatedDisk other{2};
    other.create_directory("/store").value();
    other.put(head_file, head);
    LogConfig without_folder = config();
    without_folder.disk = &other;
    for (const OpenMode mode : {OpenMode::create, OpenMode::existing, OpenMode::read_only}) {
        without_folder.mode = mode;
        EXPECT_TRUE(LogStore::open(directory, without_folder).error() == StoreError::damaged);
        EXPECT_EQ(other.list("/store").value(), std::vector<std::string>{"HEAD"});
    }
}

TEST_F(Opening, begins_anew_beside_a_HEAD_that_tells_nothing) {
    disk.create_directory("/store").value();
    put(head_file, "");
    EXPECT_TRUE(try_open(OpenMode::existing).error() == StoreError::not_found);
    EXPECT_TRUE(try_open(OpenMode::read_only).error() == StoreError::not_found);
    open_writer();
    EXPECT_EQ(append("a").position, Position{1});
}

TEST_F(Opening, refuses_to_go_on_without_the_first_segment) {
    make_store();
    disk.erase(segments.front());
    expect_refused(StoreError::damaged, first_segment);
}

TEST_F(Opening, refuses_a_segment_that_ends_before_what_HEAD_says) {
    make_store();
    resize(segments.back(), head_record().durable_offset - 8);
    expect_refused(StoreError::damaged, segments.back());
}

TEST_F(Opening, refuses_damage_of_what_was_acknowledged) {
    make_store();
    disk.flip_bit(segments.back(), 200, 2);
    expect_refused(StoreError::damaged, "byte 128");
    disk.erase(head_file);
    expect_refused(StoreError::damaged, "byte 128");
}

TEST_F(Opening, refuses_a_last_segment_of_another_store) {
    make_store();
    std::string bytes = disk.image().at(segments.back());
    SegmentHeader header;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
    header.store_id[0] ^= 1;
    seal(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    put(segments.back(), bytes);
    expect_refused(StoreError::damaged, "another store");
}

TEST_F(Opening, refuses_a_last_segment_under_a_wrong_name) {
    make_store();
    const std::string bytes = disk.image().at(segments.back());
    put("/store/segments/00000000000000009999.log", bytes);
    expect_refused(StoreError::damaged, "9999.log");
}

TEST_F(Opening, refuses_a_newer_segment) {
    make_store();
    std::string bytes = disk.image().at(segments.back());
    SegmentHeader header;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
    header.incompatible = 1;
    seal(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    put(segments.back(), bytes);
    expect_refused(StoreError::newer_format, segments.back());
}

TEST_F(Opening, refuses_newer_frames_behind_the_last_known_one) {
    make_store();
    std::string bytes = disk.image().at(segments.back());
    SegmentHeader segment;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), segment), Verdict::valid);
    FrameHeader frame;
    frame.kind = must_understand | 0x33;
    frame.stored_size = frame.decoded_size = 64;
    frame.first_position = head_record().durable_position + 1;
    seal(frame, {segment.salt, bytes.size()});
    const auto header = bytes_of(frame);
    bytes.append(reinterpret_cast<const char*>(header.data()), header.size()).append(64, '\0');
    put(segments.back(), bytes);
    expect_refused(StoreError::newer_format, segments.back());
    EXPECT_TRUE(try_open(OpenMode::read_only, true).error() == StoreError::newer_format);
}

TEST_F(Opening, removes_a_last_segment_that_was_never_written) {
    const auto events = make_store();
    const std::string next = fmt::format("/store/segments/{:020}.log", events.size() + 1);
    const std::string header = disk.image().at(first_segment).substr(0, 128);
    const std::string torn = '?' + header.substr(1);
    for (const std::string& bytes :
         {std::string{}, std::string(50, '\0'), std::string(100'000, '\0'), header.substr(0, 60),
          header.substr(0, 60) + std::string(5'000, '\0'), torn}) {
        put(next, bytes);
        EXPECT_EQ(read_all(*open(OpenMode::read_only)), events);
        EXPECT_EQ(files(".log").size(), 4U);
        EXPECT_EQ(read_all(*open()), events);
        EXPECT_EQ(files(".log"), segments);
        EXPECT_TRUE(noticed(next));
        notices.clear();
    }
    expect_opens_with(events);
}

TEST_F(Opening, removes_several_last_segments_that_were_never_written) {
    const auto events = make_store();
    put("/store/segments/00000000000000008888.log", "");
    put("/store/segments/00000000000000009999.log", std::string(1'000, '\0'));
    EXPECT_EQ(read_all(*open()), events);
    EXPECT_EQ(files(".log"), segments);
}

TEST_F(Opening, begins_anew_when_the_first_segment_was_never_written) {
    disk.create_directory("/store").value();
    disk.create_directory("/store/segments").value();
    put(first_segment, std::string(128, '\0'));
    put("/store/LOCK", "");
    open_writer();
    EXPECT_EQ(append("a").position, Position{1});
    close_writer();
    EXPECT_EQ(read_all(*open()).size(), 1U);
}

TEST_F(Opening, refuses_an_unwritten_segment_that_HEAD_names) {
    make_store();
    put(segments.back(), std::string(1'000, '\0'));
    expect_refused(StoreError::damaged, segments.back());
}

TEST_F(Opening, refuses_a_broken_header_with_anything_behind_it) {
    make_store();
    disk.erase(head_file);
    disk.flip_bit(segments.back(), 20, 0);
    expect_refused(StoreError::damaged, "byte 0");
}

TEST_F(Opening, refuses_to_go_on_without_a_segment_in_the_middle) {
    make_store(5);
    for (std::size_t i = 1; i + 1 < segments.size(); ++i) {
        const auto whole = disk.image();
        disk.erase(segments[i]);
        disk.erase(index_of(segments[i]));
        expect_refused(StoreError::damaged, segments[i] + ": is missing; events ");
        put(segments[i], whole.at(segments[i]));
    }
    disk.erase(segments[1]);
    disk.erase(segments[2]);
    expect_refused(StoreError::damaged, segments[1] + ": is missing; events ");
}

TEST_F(Opening, names_the_segment_behind_a_gap_if_the_one_before_is_damaged_too) {
    make_store(4);
    disk.flip_bit(segments[0], 3'000, 1);
    disk.erase(segments[1]);
    expect_refused(StoreError::damaged, segments[2] + ": a segment before it is missing");
}

TEST_F(Opening, refuses_a_segment_that_has_no_place) {
    make_store(4);
    put("/store/segments/00000000000000000002.log", disk.image().at(segments[1]));
    expect_refused(StoreError::damaged, "a segment before it is missing, or");
}

TEST_F(Opening, takes_segments_that_do_not_tell_their_number) {
    const auto events = make_store();
    for (const std::string& segment : segments) {
        std::string bytes = disk.image().at(segment);
        SegmentHeader header;
        ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
        EXPECT_GT(header.number, 0U);
        header.number = 0;
        seal(header);
        std::memcpy(bytes.data(), &header, sizeof header);
        put(segment, bytes);
    }
    expect_opens_with(events);
    fill(segments.size() + 1);
    close_writer();
    disk.erase(segments[1]);
    expect_refused(StoreError::damaged, "a segment before it is missing");
}

TEST_F(Opening, cuts_an_unacknowledged_tail_and_says_so) {
    const auto events = make_store();
    const std::string whole = disk.image().at(segments.back());
    put(segments.back(), whole + std::string(300, 'x') + std::string(1'000, '\0'));
    EXPECT_EQ(read_all(*open(OpenMode::read_only)), events);
    EXPECT_TRUE(notices.empty());
    EXPECT_EQ(read_all(*open()), events);
    EXPECT_TRUE(noticed("300 bytes"));
    EXPECT_EQ(disk.image().at(segments.back()), whole);
    expect_opens_with(events);
}

TEST_F(Opening, gives_back_space_that_was_set_aside) {
    const auto events = make_store();
    const std::string whole = disk.image().at(segments.back());
    put(segments.back(), whole + std::string(50'000, '\0'));
    EXPECT_EQ(read_all(*open()), events);
    EXPECT_EQ(disk.image().at(segments.back()), whole);
    EXPECT_TRUE(notices.empty());
}

TEST_F(Opening, puts_on_the_disk_what_it_then_serves) {
    open_writer();
    append("a");
    const Appended buffered = append("a", "only in the page cache", Durability::buffered);
    disk.crash_now();
    close_writer();
    disk.kill();
    open_writer();
    const auto events = read_all(*store);
    ASSERT_EQ(events.size(), buffered.position.value);
    disk.power_cut();
    store.reset();
    EXPECT_EQ(read_all(*open()), events);
}

TEST_F(Opening, writes_again_what_a_failed_flush_may_have_lost) {
    open_writer();
    append("a");
    disk.plan({.kind = Operation::flush});
    ASSERT_FALSE(store->append(one_event("a", "readable, and not on the disk")));
    disk.crash_now();
    close_writer();
    disk.kill();
    open_writer();
    const auto events = read_all(*store);
    disk.crash_now();
    close_writer();
    disk.power_cut();
    EXPECT_EQ(read_all(*open()), events);
}

TEST_F(Opening, forgets_the_index_of_a_segment_that_is_written_to_again) {
    open_writer();
    fill(2);
    store->run_background();
    close_writer();
    segments = files(".log");
    ASSERT_EQ(files(".index").size(), 1U);
    // The roll-over was made undone: the second segment is as if it had never been written.
    put(segments.back(), std::string(500, '\0'));
    disk.erase(head_file);
    open_writer();
    EXPECT_TRUE(files(".index").empty());
    EXPECT_EQ(files(".log"), std::vector<std::string>{first_segment});
}

}  // namespace
}  // namespace mainstem::log
