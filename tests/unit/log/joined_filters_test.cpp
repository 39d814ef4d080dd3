// The joined filters of a store: what is found with them is what is there, and they can be missing,
// damaged, or of another store.
#include <atomic>
#include <thread>

#include "log/joined_filters.hpp"
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

constexpr const char* first_eight = "/store/segments/00000000000000000001.8.filter";

/// Does something of the test's while a file is being opened.
class PausingDisk final : public Disk {
public:
    explicit PausingDisk(Disk& disk) : disk_(&disk) {}

    /// Once, by the thread that opens a file of that name.
    void in_open_of(const std::string& suffix, std::function<void()> what) {
        const std::lock_guard lock{mutex_};
        pauses_[suffix] = std::move(what);
    }

    Result<std::unique_ptr<File>> open(const std::string& path, FileMode mode) override {
        if (const auto what = take(path)) what();
        return disk_->open(path, mode);
    }
    Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
        return disk_->lock(path);
    }
    Result<void> rename(const std::string& from, const std::string& to) override {
        return disk_->rename(from, to);
    }
    Result<void> remove(const std::string& path) override { return disk_->remove(path); }
    Result<void> create_directory(const std::string& path) override {
        return disk_->create_directory(path);
    }
    Result<void> flush_directory(const std::string& path) override {
        return disk_->flush_directory(path);
    }
    Result<std::unique_ptr<DirectoryWatch>> watch(const std::string& path) override {
        return disk_->watch(path);
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        return disk_->list(path);
    }

private:
    std::function<void()> take(const std::string& path) {
        const std::lock_guard lock{mutex_};
        for (auto& [suffix, what] : pauses_) {
            if (path.ends_with(suffix)) return std::exchange(what, nullptr);
        }
        return nullptr;
    }

    Disk* disk_;
    std::mutex mutex_;
    std::map<std::string, std::function<void()>> pauses_;
};

class JoinedFiltersTest : public LogTest {
protected:
    /// Each event has a stream and a tag of its own, and a tag that some share.
    void append_event() {
        NewEvent event = plain_event(++made, std::string(15'000, 'f'));
        event.tags = {Tag{fmt::format("only:{}", made)}, Tag{fmt::format("some:{}", made % 97)}};
        store
            ->append({.events = {{fmt::format("stream-{}", made), std::move(event)}},
                      .durability = Durability::buffered})
            .value();
    }
    void fill_segments(std::size_t segments) {
        while (store->stats().value().segments < segments) append_event();
        store->flush_buffered();
    }
    void expect_found() {
        for (std::uint64_t i = 1; i <= made; i += 3) {
            const auto stream = fmt::format("stream-{}", i);
            ASSERT_EQ(store->stream_info(stream).value().version.value, 1U) << stream;
            ASSERT_EQ(read(store->read_stream(stream, {})).size(), 1U) << stream;
            ASSERT_EQ(tagged("only", i), std::vector<std::uint64_t>{i});
        }
        for (std::uint64_t rest : {0U, 1U, 50U, 96U}) {
            std::vector<std::uint64_t> expected;
            for (std::uint64_t i = rest == 0 ? 97 : rest; i <= made; i += 97) expected.push_back(i);
            EXPECT_EQ(tagged("some", rest), expected);
            EXPECT_EQ(tagged("some", rest, Direction::backward),
                      (std::vector<std::uint64_t>{expected.rbegin(), expected.rend()}));
        }
        EXPECT_EQ(store->stream_info("stream-0").value().version.value, 0U);
        EXPECT_TRUE(tagged("only", made + 1).empty());
    }
    std::vector<std::uint64_t> tagged(std::string_view kind, std::uint64_t number,
                                      Direction direction = Direction::forward) {
        const QueryItem item{.tags = {Tag{fmt::format("{}:{}", kind, number)}}};
        std::vector<std::uint64_t> found;
        for (const Event& event : read(store->read_all({.query = item, .direction = direction}))) {
            found.push_back(event.position.value);
        }
        return found;
    }
    /// The condition's verdict: a tag that no event has, and one that event `number` has.
    void expect_judged(std::uint64_t number) {
        const auto exists = [](std::uint64_t tag) {
            return AppendCondition{
                .exists = EventQuery{QueryItem{.tags = {Tag{fmt::format("only:{}", tag)}}}}};
        };
        const auto taken = store->append({.events = {}, .unless = exists(number)});
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error(), StoreError::conflict);
        EXPECT_TRUE(store->append({.events = {}, .unless = exists(9'999'999)}));
    }
};

TEST_F(JoinedFiltersTest, are_made_of_eight_and_of_sixty_four_segments) {
    open_writer();
    for (const std::size_t segments : {8U, 9U, 24U, 30U, 64U, 65U, 81U}) {
        fill_segments(segments);
        store->run_background();
        const std::size_t sealed = segments - 1;
        EXPECT_EQ(files(".64.filter").size(), sealed / 64);
        EXPECT_EQ(files(".8.filter").size(), sealed / 8 - sealed / 64 * 8);
        expect_found();
        expect_judged(made / 2);
    }
    EXPECT_TRUE(notices.empty());
    EXPECT_TRUE(files(".new").empty());
    close_writer();
    open_writer();
    expect_found();
    close_writer();
    store = open(OpenMode::read_only);
    expect_found();
}

TEST_F(JoinedFiltersTest, spare_looks_at_segments) {
    open_writer();
    fill_segments(65);
    store->run_background();
    const auto opened = [this](auto&& ask) {
        open_with({0});  // nothing is kept: each block is read when it is asked for
        static_cast<void>(tagged("only", 9'999'998));  // opens files
        const auto before = disk.count(Operation::read);
        ask();
        return disk.count(Operation::read) - before;
    };
    EXPECT_LT(opened([&] { EXPECT_TRUE(tagged("only", 9'999'999).empty()); }), 8U);
    EXPECT_LT(opened([&] { EXPECT_EQ(store->stream_info("no").value().version.value, 0U); }), 8U);
    disk.erase("/store/segments/00000000000000000001.64.filter");
    EXPECT_GE(opened([&] { EXPECT_TRUE(tagged("only", 9'999'999).empty()); }), 64U);
}

TEST_F(JoinedFiltersTest, that_are_missing_or_damaged_are_made_anew) {
    open_writer();
    fill_segments(20);
    store->run_background();
    const std::string whole = disk.image().at(first_eight);
    const auto reopen_with = [&](const std::string& content) {
        close_writer();
        notices.clear();
        content.empty() ? disk.erase(first_eight) : disk.put(first_eight, content);
        open_writer();
        expect_found();
        store->run_background();
        EXPECT_EQ(disk.image().at(first_eight), whole);
        expect_found();
    };
    reopen_with("");
    EXPECT_TRUE(notices.empty());
    for (std::size_t block = 0; block < whole.size() / block_size; ++block) {
        std::string broken = whole;
        broken[block * block_size + 100] = static_cast<char>(~broken[block * block_size + 100]);
        reopen_with(broken);
    }
    reopen_with(whole.substr(0, whole.size() - 1));
    reopen_with(std::string(3 * block_size, '\0'));
    // Those of its neighbours, of the same store: it must not be theirs.
    reopen_with(disk.image().at(files(".8.filter").at(1)));
}

/// As after a backup was put over a store: the first segment is the same, those after it have the
/// same positions and other events.
TEST_F(JoinedFiltersTest, of_segments_that_were_others_is_not_used) {
    open_writer();
    append_event();
    append_event();
    close_writer();
    const auto begun_with = disk.image();
    const auto grow = [this](std::uint64_t from) {
        LogConfig other = config();
        other.seed = from;  // of the salts
        store = LogStore::open(directory, other).value();
        made = from;
        fill_segments(9);
        store->run_background();
        close_writer();
    };
    grow(made);
    const std::string others = disk.image().at(first_eight);
    for (const auto& [path, bytes] : disk.image()) disk.erase(path);
    for (const auto& [path, bytes] : begun_with) disk.put(path, bytes);
    grow(100);
    disk.put(first_eight, others);
    open_writer();
    for (std::uint64_t i = 101; i <= made; ++i) {
        EXPECT_EQ(store->stream_info(fmt::format("stream-{}", i)).value().version.value, 1U);
        EXPECT_EQ(tagged("only", i).size(), 1U);
    }
}

/// A thread that reads looks for a filter at the same time as the one that makes those that are
/// missing: what is being opened is not missing.
TEST_F(JoinedFiltersTest, are_not_made_while_they_are_being_opened) {
    open_writer();
    fill_segments(75);
    store->run_background();
    close_writer();
    PausingDisk pausing{disk};
    LogConfig paused = config();
    paused.disk = &pausing;
    store = LogStore::open(directory, paused).value();
    // Each waits for the other as far as it can be: one that holds a lock is not waited for long.
    std::atomic<bool> making{false};
    std::atomic<bool> found{false};
    const auto wait_for = [](const std::atomic<bool>& what) {
        for (int i = 0; i < 20'000 && !what; ++i) std::this_thread::yield();
    };
    std::thread background;
    pausing.in_open_of(".8.filter.new", [&] {
        making = true;
        wait_for(found);
    });
    pausing.in_open_of(".64.filter", [&] {
        background = std::thread{[&] {
            store->run_background();
            making = true;
        }};
        wait_for(making);
    });
    EXPECT_EQ(tagged("only", 1).size(), 1U);
    found = true;
    background.join();
    expect_found();
    EXPECT_EQ(files(".64.filter").size(), 1U);
    EXPECT_EQ(files(".8.filter").size(), 1U);
}

TEST_F(JoinedFiltersTest, whose_blocks_fail_are_given_up_once_and_made_anew) {
    open_writer();
    for (const std::size_t segments : {9U, 65U}) {
        fill_segments(segments);
        store->run_background();
        open_with({0});
        const std::string filter = files(".filter").at(0);
        const std::string whole = disk.image().at(filter);
        std::string broken = whole;
        for (std::size_t at = block_size + 5; at < broken.size(); at += block_size) broken[at] ^= 1;
        disk.put(filter, broken);
        notices.clear();
        expect_found();
        ASSERT_EQ(notices.size(), 1U);
        EXPECT_NE(notices.front().find(filter), std::string::npos) << notices.front();
        store->run_background();
        EXPECT_EQ(disk.image().at(filter), whole);
        expect_found();
        EXPECT_EQ(notices.size(), 1U);
    }
}

/// What a sealed segment had derived files of may be the last one again, when the next was lost
/// before it was written: it goes on with other events, and with the same salt.
TEST_F(JoinedFiltersTest, of_a_segment_that_is_written_to_again_are_out_of_date) {
    for (const std::size_t sealed : {few_joined, most_joined}) {
        close_writer();
        disk.kill();
        for (const auto& [path, bytes] : disk.image()) disk.erase(path);
        made = 0;
        open_writer();
        fill_segments(sealed + 1);
        store->run_background();
        close_writer();
        ASSERT_EQ(files(".filter").size(), 1U);
        disk.erase(files(".log").back());
        disk.erase(head_file);
        open_writer();
        made = store->head().value().value;
        ASSERT_EQ(store->stats().value().segments, sealed);
        std::vector<std::string> late;
        for (int i = 0; i < 3; ++i) {
            late.push_back(fmt::format("late-{}", i));
            NewEvent event = plain_event(++made);
            event.tags = {Tag{fmt::format("only:{}", made)}};
            store->append({.events = {{late.back(), std::move(event)}}}).value();
        }
        ASSERT_EQ(store->stats().value().segments, sealed) << "they have room in the last segment";
        const std::uint64_t last = made;
        fill_segments(sealed + 1);
        store->run_background();
        for (const std::string& stream : late) {
            EXPECT_EQ(store->stream_info(stream).value().version.value, 1U);
        }
        for (std::uint64_t i = last - 2; i <= last; ++i) {
            EXPECT_EQ(tagged("only", i), std::vector<std::uint64_t>{i});
        }
    }
}

TEST_F(JoinedFiltersTest, survive_every_fault_while_they_are_made) {
    for (const Operation kind : {Operation::read, Operation::write, Operation::rename,
                                 Operation::open, Operation::remove}) {
        for (std::uint64_t nth = 1;; ++nth) {
            SCOPED_TRACE(fmt::format("{} {}", static_cast<int>(kind), nth));
            close_writer();
            disk.kill();
            for (const auto& [path, bytes] : disk.image()) disk.erase(path);
            made = 0;
            open_writer();
            fill_segments(9);
            close_writer();  // writes indexes, joins nothing
            open_writer();
            const auto before = disk.failures();
            disk.plan({.kind = kind, .at = nth, .times = 1});
            store->run_background();
            disk.clear_faults();
            expect_found();
            if (disk.failures() == before) break;
            close_writer();
            open_writer();
            store->run_background();
            EXPECT_EQ(files(".filter").size(), 1U);
            expect_found();
        }
    }
}

TEST_F(JoinedFiltersTest, survive_a_crash_at_every_change) {
    for (std::uint64_t change = 1;; ++change) {
        SCOPED_TRACE(change);
        close_writer();
        disk.kill();
        for (const auto& [path, bytes] : disk.image()) disk.erase(path);
        made = 0;
        open_writer();
        fill_segments(9);
        close_writer();
        open_writer();
        disk.crash_at(change, support::CrashPoint::within);
        store->run_background();
        const bool crashed = disk.crashed();
        if (!crashed) disk.crash_now();
        close_writer();
        disk.power_cut();
        open_writer();
        store->run_background();
        expect_found();
        EXPECT_EQ(files(".filter").size(), 1U);
        if (!crashed) break;
    }
}

}  // namespace
}  // namespace mainstem::log
