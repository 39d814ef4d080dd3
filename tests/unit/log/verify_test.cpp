// Verification names every damage, counts what is whole, and changes nothing.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <mainstem/log/open.hpp>

#include "log/index_block.hpp"
#include "log/joined_filters.hpp"
#include "support/temporary_folder.hpp"
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

namespace fs = std::filesystem;

class Verify : public ::testing::Test {
protected:
    Verify() {
        LogConfig config;
        config.segment_size = limits::segment_least;
        config.disk = &Disk::posix();
        config.clock = &clock_;
        config.seed = 9;
        config.helper_thread = false;
        const auto store = LogStore::open(directory, config).value();
        while (store->stats().value().segments < 3) {
            AppendRequest request;
            for (int i = 0; i < 5; ++i) {
                request.events.push_back({fmt::format("stream-{}", ++events % 7),
                                          plain_event(events, std::string(500, 'v'))});
            }
            store->append(request).value();
        }
        store->append({.events = {{"last", plain_event(++events)}}}).value();
        store->append({.events = {{"last", plain_event(++events)}}}).value();
        store->run_background();
    }

    static std::string contents(const fs::path& path) {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    static void put(const fs::path& path, std::string_view bytes) {
        std::ofstream{path, std::ios::binary}.write(bytes.data(),
                                                    static_cast<std::streamsize>(bytes.size()));
    }
    static void flip(const fs::path& path, std::size_t offset) {
        std::string bytes = contents(path);
        bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
        put(path, bytes);
    }
    std::vector<fs::path> files(std::string_view extension) const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{directory + "/segments"}) {
            if (entry.path().extension() == extension) found.push_back(entry.path());
        }
        std::ranges::sort(found);
        return found;
    }
    std::map<std::string, std::string> image() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator{directory}) {
            if (entry.is_regular_file()) all[entry.path()] = contents(entry.path());
        }
        return all;
    }
    LogReport verify() const {
        const auto before = image();
        LogReport report = verify_log(directory).value();
        EXPECT_EQ(image(), before);
        return report;
    }
    /// The only damage of the report.
    static LogDamage only_damage(const LogReport& report) {
        EXPECT_EQ(report.damages.size(), 1U);
        return report.damages.empty() ? LogDamage{} : report.damages.front();
    }

    std::uint64_t events = 0;
    support::TemporaryFolder folder;
    std::string directory = folder.path("log");

private:
    ManualClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
};

TEST_F(Verify, finds_nothing_wrong_in_a_whole_log) {
    const LogReport report = verify();
    EXPECT_TRUE(report.damages.empty()) << report.damages.front().what;
    EXPECT_EQ(report.events, events);
    EXPECT_EQ(report.head, Position{events});
    EXPECT_EQ(report.segments, 3U);
    EXPECT_EQ(report.unacknowledged_bytes, 0U);
    std::uint64_t bytes = 0;
    for (const fs::path& path : files(".log")) bytes += fs::file_size(path);
    EXPECT_EQ(report.bytes, bytes);
}

TEST_F(Verify, tells_how_far_it_is) {
    std::uint64_t last = 0;
    std::uint64_t all = 0;
    verify_log(directory, [&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GT(done, last);
        EXPECT_LE(done, total);
        last = done;
        all = total;
        return true;
    }).value();
    EXPECT_GT(all, 0U);
    EXPECT_EQ(last, all);
}

TEST_F(Verify, ends_when_it_is_told_to) {
    flip(files(".log")[0], 300);
    flip(files(".log")[2], 300);
    std::uint64_t calls = 0;
    const LogReport part =
        verify_log(directory, [&](std::uint64_t, std::uint64_t) { return ++calls < 3; }).value();
    EXPECT_EQ(calls, 3U);
    EXPECT_FALSE(part.complete);
    EXPECT_EQ(part.events, 10U) << "a search behind the damage, and two requests of five";
    EXPECT_EQ(only_damage(part).file, files(".log")[0]);
    EXPECT_TRUE(verify().complete);
}

TEST_F(Verify, ends_within_a_damaged_segment_when_it_is_told_to) {
    constexpr std::uint64_t mebi = 1ULL << 20;
    constexpr std::uint64_t size = 16 * mebi;
    for (const std::size_t segment : {0, 2}) {
        const fs::path path = files(".log")[segment];
        const std::string whole = contents(path);
        put(path, whole + std::string(size - whole.size(), 'x'));
        for (const std::uint64_t limit : {4 * mebi, 8 * mebi}) {
            std::uint64_t last = 0;
            const auto before_limit = [&](std::uint64_t done, std::uint64_t total) {
                EXPECT_LE(done, total);
                EXPECT_GE(done, last);
                EXPECT_LE(done, last + 2 * mebi);
                last = done;
                return done < limit;
            };
            EXPECT_FALSE(verify_log(directory, before_limit).value().complete);
            EXPECT_LE(last, limit + 2 * mebi);
        }
        put(path, whole);
    }
}

TEST_F(Verify, says_that_there_is_no_store) {
    EXPECT_TRUE(verify_log(folder.path("nothing")).error() == StoreError::not_found);
}

TEST_F(Verify, says_that_a_segment_is_of_a_newer_version) {
    const fs::path path = files(".log")[1];
    const std::string whole = contents(path);
    SegmentHeader segment;
    ASSERT_EQ(parse(std::as_bytes(std::span{whole}), segment), Verdict::valid);

    SegmentHeader newer = segment;
    newer.incompatible = 1;
    seal(newer);
    const std::string_view header{reinterpret_cast<const char*>(&newer), sizeof newer};
    put(path, std::string{header} + whole.substr(sizeof newer));
    EXPECT_TRUE(verify_log(directory).error() == StoreError::newer_format);

    FrameHeader frame;
    frame.kind = must_understand | 0x33;
    frame.stored_size = frame.decoded_size = 64;
    frame.first_position = segment.first_position;
    seal(frame, {segment.salt, sizeof segment});
    std::string bytes = whole;
    std::memcpy(&bytes[sizeof segment], &frame, sizeof frame);
    put(path, bytes);
    const auto refused = verify_log(directory);
    ASSERT_TRUE(refused.error() == StoreError::newer_format);
    EXPECT_NE(refused.error().message().find("byte 128"), std::string::npos) << refused.error();
}

TEST_F(Verify, names_each_damaged_place_and_goes_on) {
    flip(files(".log")[0], 3'000);
    flip(files(".log")[0], 40'000);
    flip(files(".log")[1], 20'000);
    const LogReport report = verify();
    ASSERT_EQ(report.damages.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const LogDamage& damage = report.damages[i];
        EXPECT_EQ(damage.file, files(".log")[i / 2]);
        EXPECT_FALSE(damage.in_index);
        const std::uint64_t place = i == 0 ? 3'000 : i == 1 ? 40'000 : 20'000;
        EXPECT_LE(damage.offset, place);
        EXPECT_GT(damage.offset + 4'000, place);
        EXPECT_GT(damage.position.value, 0U);
        EXPECT_FALSE(damage.what.empty());
    }
    EXPECT_EQ(report.events, events - 15) << "a request of five events each cannot be read";
    EXPECT_EQ(report.head, Position{events});
}

TEST_F(Verify, names_a_damaged_header) {
    flip(files(".log")[1], 30);
    const LogReport report = verify();
    ASSERT_FALSE(report.damages.empty());
    EXPECT_EQ(report.damages.front().file, files(".log")[1]);
    EXPECT_EQ(report.damages.front().offset, 0U);
    EXPECT_EQ(report.head, Position{events});
}

TEST_F(Verify, names_missing_positions) {
    const fs::path missing = files(".log")[1];
    fs::remove(missing);
    const LogReport report = verify();
    EXPECT_NE(only_damage(report).what.find("missing; positions"), std::string::npos);
    EXPECT_EQ(only_damage(report).file, missing);
    EXPECT_EQ(report.head, Position{events});
}

TEST_F(Verify, names_positions_that_are_missing_behind_damage) {
    const auto segments = files(".log");
    fs::resize_file(segments[0], fs::file_size(segments[0]) - 100);
    fs::remove(segments[1]);
    const LogReport report = verify();
    ASSERT_EQ(report.damages.size(), 2U);
    EXPECT_EQ(report.damages[0].file, segments[0]);
    EXPECT_EQ(report.damages[1].file, segments[2]);
    EXPECT_NE(report.damages[1].what.find("missing before"), std::string::npos);
}

TEST_F(Verify, names_a_segment_that_has_no_place) {
    const auto segments = files(".log");
    fs::copy_file(segments[1], directory + "/segments/00000000000000000002.log");
    EXPECT_FALSE(verify().damages.empty());
}

TEST_F(Verify, names_a_missing_first_segment) {
    fs::remove(files(".log")[0]);
    EXPECT_NE(only_damage(verify()).what.find("positions 1 to"), std::string::npos);
}

TEST_F(Verify, names_a_missing_last_segment) {
    const std::string last = files(".log")[2];
    fs::remove(last);
    EXPECT_EQ(only_damage(verify()).file, last);
}

TEST_F(Verify, names_the_last_segment_if_there_is_none_left) {
    const std::string last = files(".log")[2];
    fs::remove_all(directory + "/segments");
    EXPECT_EQ(only_damage(verify()).file, last);
}

TEST_F(Verify, names_a_sealed_segment_that_ends_early) {
    const fs::path path = files(".log")[0];
    fs::resize_file(path, fs::file_size(path) - 100);
    ASSERT_FALSE(verify().damages.empty());
    EXPECT_EQ(verify().damages.front().file, path);
}

TEST_F(Verify, names_an_index_that_does_not_agree) {
    const fs::path path = files(".index")[0];
    flip(path, 5'000);
    const LogDamage damage = only_damage(verify());
    EXPECT_EQ(damage.file, path);
    EXPECT_TRUE(damage.in_index);
    EXPECT_EQ(damage.offset, 5'000U);
    put(path, contents(path) + "more");
    EXPECT_EQ(only_damage(verify()).file, path);
    put(path, "");
    EXPECT_EQ(only_damage(verify()).file, path);
}

TEST_F(Verify, takes_a_missing_index_for_no_damage) {
    for (const fs::path& path : files(".index")) fs::remove(path);
    EXPECT_TRUE(verify().damages.empty());
}

TEST_F(Verify, reports_an_unacknowledged_tail_as_what_it_is) {
    const fs::path path = files(".log")[2];
    put(path, contents(path) + std::string(123, 'x') + std::string(500, '\0'));
    const LogReport report = verify();
    EXPECT_TRUE(report.damages.empty());
    EXPECT_EQ(report.unacknowledged_bytes, 123U);
    EXPECT_EQ(report.events, events);
}

TEST_F(Verify, names_damage_of_acknowledged_data_in_the_last_segment) {
    const fs::path path = files(".log")[2];
    flip(path, fs::file_size(path) - 20);
    const LogReport report = verify();
    const LogDamage damage = only_damage(report);
    EXPECT_EQ(damage.file, path);
    EXPECT_EQ(damage.position, Position{events});
    EXPECT_EQ(report.unacknowledged_bytes, 0U);
}

TEST_F(Verify, names_each_damaged_place_in_the_last_segment) {
    const fs::path path = files(".log")[2];
    const LogReport whole = verify();
    flip(path, 1'000);
    flip(path, fs::file_size(path) - 20);
    put(path, contents(path) + std::string(123, 'x'));
    const LogReport report = verify();
    ASSERT_EQ(report.damages.size(), 2U);
    for (const LogDamage& damage : report.damages) EXPECT_EQ(damage.file, path);
    EXPECT_EQ(report.damages[1].position, Position{events});
    EXPECT_LT(report.events, whole.events);
}

TEST_F(Verify, takes_a_segment_that_was_never_written_for_no_damage) {
    put(fmt::format("{}/segments/{:020}.log", directory, events + 1), std::string(200, '\0'));
    const LogReport report = verify();
    EXPECT_TRUE(report.damages.empty());
    EXPECT_EQ(report.events, events);
}

TEST_F(Verify, names_a_segment_that_HEAD_names_and_that_is_empty) {
    const fs::path path = files(".log")[2];
    for (const std::string& bytes : {std::string{}, std::string(200, '\0')}) {
        put(path, bytes);
        EXPECT_EQ(only_damage(verify()).file, path);
    }
}

TEST_F(Verify, names_files_of_another_store) {
    const fs::path segment = files(".log")[1];
    std::string bytes = contents(segment);
    SegmentHeader header;
    ASSERT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
    header.store_id[0] ^= 1;
    seal(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    put(segment, bytes);
    ASSERT_FALSE(verify().damages.empty());
    EXPECT_EQ(verify().damages.front().file, segment);
}

/// Whatever happens to a file: what opening refuses, verification names.
TEST_F(Verify, finds_whatever_opening_refuses) {
    Random random{17};
    std::vector<fs::path> all = files(".log");
    all.emplace_back(directory + "/HEAD");
    LogConfig config;
    config.mode = OpenMode::read_only;
    config.disk = &Disk::posix();
    config.clock = &Clock::system();
    int refused = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const fs::path& path = all[random.below(all.size())];
        const std::string whole = contents(path);
        const std::uint64_t at = random.below(random.chance(1, 2) ? 200 : whole.size());
        SCOPED_TRACE(fmt::format("trial {}: {} byte {}", trial, path.string(), at));
        switch (random.below(4)) {
            case 0: fs::remove(path); break;
            case 1: put(path, whole.substr(0, std::min<std::size_t>(at, whole.size()))); break;
            case 2: put(path, std::string(whole.size(), '\0')); break;
            default: flip(path, std::min<std::size_t>(at, whole.size() - 1));
        }
        const auto opened = LogStore::open(directory, config);
        const auto report = verify_log(directory);
        ASSERT_TRUE(report) << report.error();
        if (!opened) {
            ++refused;
            EXPECT_TRUE(opened.error() == StoreError::damaged) << opened.error();
            EXPECT_FALSE(report->damages.empty()) << opened.error();
        }
        EXPECT_TRUE(!report->damages.empty() || report->events == events);
        put(path, whole);
    }
    EXPECT_GT(refused, 50);
}

TEST_F(Verify, runs_beside_a_writer) {
    OpenOptions options;
    options.segment_size = limits::segment_least;
    const auto store = open_log_store(directory, options).value();
    for (int i = 0; i < 100; ++i) {
        store
            ->append({.events = {{"beside", plain_event(++events, std::string(900, 'b'))}},
                      .durability = i % 2 == 0 ? Durability::flushed : Durability::buffered})
            .value();
        if (i % 20 != 0) continue;
        const LogReport report = verify_log(directory).value();
        EXPECT_TRUE(report.damages.empty()) << report.damages.front().what;
    }
}

TEST_F(Verify, takes_an_index_of_another_version_for_no_damage) {
    const fs::path index = files(".index").front();
    std::string bytes = contents(index);
    auto header = load<IndexHeader>(reinterpret_cast<const std::byte*>(bytes.data()));
    header.version = index_version - 1;
    auto* block = reinterpret_cast<std::byte*>(bytes.data());
    store(header, block);
    put(index, bytes);
    EXPECT_TRUE(only_damage(verify()).in_index) << "its checksum does not hold";
    SegmentHeader segment;
    const std::string log = contents(files(".log").front());
    ASSERT_EQ(parse(std::as_bytes(std::span{log}), segment), Verdict::valid);
    const std::uint32_t checksum = block_checksum(block, 0, segment.salt);
    std::memcpy(block + block_content, &checksum, sizeof checksum);
    put(index, bytes);
    EXPECT_TRUE(verify().damages.empty());
}

/// A store of ten segments, eight of which have a joined filter.
class VerifyFilters : public Verify {
protected:
    VerifyFilters() {
        auto store = Store::open(directory, {.segment_size = limits::segment_least}).value();
        for (int i = 0; store.stats().value().segments < 10; ++i) {
            NewEvent event = plain_event(++events, std::string(10'000, 'v'));
            event.tags.emplace_back(fmt::format("tag:{}", i));
            static_cast<void>(store.append("tagged", {std::move(event)}).value());
        }
    }
    /// Makes the filter if it is missing.
    fs::path filter() {
        LogConfig config;
        config.segment_size = limits::segment_least;
        config.disk = &Disk::posix();
        config.clock = &Clock::system();
        config.helper_thread = false;
        LogStore::open(directory, config).value()->run_background();
        return files(".filter").at(0);
    }
    std::uint64_t salt() {
        std::vector<std::uint64_t> salts;
        for (const fs::path& log : files(".log")) {
            SegmentHeader header;
            const std::string bytes = contents(log);
            EXPECT_EQ(parse(std::as_bytes(std::span{bytes}), header), Verdict::valid);
            if (salts.size() < few_joined) salts.push_back(header.salt);
        }
        return joined_salt(salts);
    }
};

TEST_F(VerifyFilters, names_a_joined_filter_that_does_not_agree) {
    const fs::path path = filter();
    EXPECT_TRUE(verify().damages.empty());
    const std::string whole = contents(path);
    // A bit less than there should be, under a checksum that holds.
    std::string wrong = whole;
    const auto lane = wrong.find_first_not_of('\0', block_size);
    ASSERT_LT(lane, wrong.size());
    wrong[lane] = static_cast<char>(wrong[lane] & (wrong[lane] - 1));
    const std::size_t block = lane / block_size;
    auto* content = reinterpret_cast<std::byte*>(&wrong[block * block_size]);
    const std::uint32_t checksum =
        block_checksum(content, static_cast<std::uint32_t>(block), salt());
    std::memcpy(content + block_content, &checksum, sizeof checksum);
    for (const std::string& bytes : {wrong, whole.substr(0, block_size), std::string{}}) {
        put(path, bytes);
        const LogDamage found = only_damage(verify());
        EXPECT_EQ(found.file, path);
        EXPECT_TRUE(found.in_index);
    }
    put(path, wrong);
    EXPECT_EQ(rebuild_indexes(directory, {.all = true}).value(), 9U);
    EXPECT_TRUE(verify().damages.empty());
    EXPECT_EQ(contents(filter()), whole);
}

}  // namespace
}  // namespace mainstem::log
