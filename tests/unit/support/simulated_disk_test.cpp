// The simulated disk must lose exactly what a real one may lose: these tests hold it to that.
#include <set>

#include <gtest/gtest.h>

#include "support/simulated_disk.hpp"

namespace mainstem::support {
namespace {

constexpr std::uint64_t many_seeds = 200;

std::unique_ptr<File> create(SimulatedDisk& disk, const std::string& path) {
    return disk.open(path, FileMode::create_new).value();
}

void write(File& file, std::string_view text, std::uint64_t offset = 0) {
    file.write_at(std::as_bytes(std::span{text}), offset).value();
}

std::string read(const File& file) {
    std::string text(file.size().value(), '\0');
    file.read_at(std::as_writable_bytes(std::span{text}), 0).value();
    return text;
}

std::string read(SimulatedDisk& disk, const std::string& path) {
    return read(*disk.open(path, FileMode::read).value());
}

/// A file whose data, size and name are on the disk.
void put(SimulatedDisk& disk, const std::string& path, std::string_view text) {
    const auto file = create(disk, path);
    write(*file, text);
    file->flush().value();
    disk.flush_directory(folder_of(path)).value();
}

TEST(SimulatedDisk, reads_what_was_written) {
    SimulatedDisk disk(1);
    const auto file = create(disk, "/a");
    const std::string_view parts[] = {"one ", "two"};
    const ByteSpan spans[] = {std::as_bytes(std::span{parts[0]}),
                              std::as_bytes(std::span{parts[1]})};
    file->write_at(spans, 2).value();
    EXPECT_EQ(read(*file), std::string("\0\0one two", 9));
    file->resize(5).value();
    file->set_aside(7).value();
    EXPECT_EQ(read(*file), std::string("\0\0one\0\0", 7));
    std::array<std::byte, 10> rest{};
    EXPECT_EQ(file->read_at(rest, 5).value(), 2U);
    EXPECT_EQ(file->read_at(rest, 50).value(), 0U);
}

TEST(SimulatedDisk, tells_which_names_there_are) {
    SimulatedDisk disk(1);
    disk.create_directory("/d").value();
    disk.create_directory("/d/").value();
    create(disk, "/d/b");
    create(disk, "/d//a");
    disk.rename("/d/b", "/d/c").value();
    EXPECT_EQ(disk.list("/d").value(), (std::vector<std::string>{"a", "c"}));
    disk.remove("/d/a").value();
    EXPECT_EQ(disk.list("/d").value(), std::vector<std::string>{"c"});
    EXPECT_TRUE(disk.open("/d/a", FileMode::read).error() == DiskError::not_found);
    EXPECT_TRUE(disk.open("/d/c", FileMode::create_new).error() == DiskError::exists);
    EXPECT_TRUE(disk.open("/e/c", FileMode::create_new).error() == DiskError::not_found);
    EXPECT_TRUE(disk.list("/e").error() == DiskError::not_found);
    EXPECT_TRUE(disk.create_directory("/e/f").error() == DiskError::not_found);
}

TEST(SimulatedDisk, locks_once_for_each_process) {
    SimulatedDisk disk(1);
    auto lock = disk.lock("/LOCK").value();
    EXPECT_TRUE(disk.lock("/LOCK").error() == DiskError::locked);
    lock.reset();
    lock = disk.lock("/LOCK").value();
    disk.kill();
    const auto next = disk.lock("/LOCK").value();
    lock.reset();
    EXPECT_TRUE(disk.lock("/LOCK").error() == DiskError::locked);
}

TEST(SimulatedDisk, refuses_to_change_a_file_opened_for_reading) {
    SimulatedDisk disk(1);
    put(disk, "/a", "text");
    const auto file = disk.open("/a", FileMode::read).value();
    EXPECT_TRUE(file->resize(0).error() == DiskError::no_permission);
    EXPECT_EQ(read(*file), "text");
}

TEST(SimulatedDisk, keeps_what_was_flushed) {
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "flushed");
        disk.power_cut();
        ASSERT_EQ(read(disk, "/a"), "flushed") << "seed " << seed;
    }
}

TEST(SimulatedDisk, a_power_cut_tears_unflushed_writes_by_sectors) {
    const std::string old(3 * FileImages::sector_bytes, 'o');
    const std::string young(3 * FileImages::sector_bytes, 'y');
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", old);
        write(*disk.open("/a", FileMode::write).value(), young);
        disk.power_cut();
        const std::string text = read(disk, "/a");
        std::string sectors;
        for (std::size_t at = 0; at < text.size(); at += FileImages::sector_bytes) {
            sectors += text[at];
            const auto sector = text.substr(at, FileImages::sector_bytes);
            ASSERT_EQ(sector, std::string(FileImages::sector_bytes, text[at]));
        }
        outcomes.insert(sectors);
    }
    EXPECT_EQ(outcomes,
              (std::set<std::string>{"ooo", "ooy", "oyo", "oyy", "yoo", "yoy", "yyo", "yyy"}));
}

TEST(SimulatedDisk, an_unflushed_sector_can_hold_a_version_in_between) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "1");
        const auto file = disk.open("/a", FileMode::write).value();
        write(*file, "2");
        write(*file, "3");
        disk.power_cut();
        outcomes.insert(read(disk, "/a"));
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"1", "2", "3"}));
}

TEST(SimulatedDisk, growth_that_was_not_flushed_may_last_in_part_and_as_zeros) {
    std::set<std::size_t> sizes;
    bool zeros = false;
    bool data = false;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "1234");
        write(*disk.open("/a", FileMode::write).value(), std::string(8, 'x'), 4);
        disk.power_cut();
        const std::string text = read(disk, "/a");
        sizes.insert(text.size());
        ASSERT_TRUE(text.starts_with("1234"));
        zeros = zeros || text.ends_with('\0');
        data = data || text.ends_with('x');
    }
    EXPECT_EQ(*sizes.begin(), 4U);
    EXPECT_EQ(*sizes.rbegin(), 12U);
    EXPECT_GT(sizes.size(), 4U);
    EXPECT_TRUE(zeros && data);
}

TEST(SimulatedDisk, a_cut_that_was_not_flushed_may_be_undone) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "123456");
        const auto file = disk.open("/a", FileMode::write).value();
        file->resize(2).value();
        file->resize(4).value();
        disk.power_cut();
        outcomes.insert(read(disk, "/a"));
    }
    EXPECT_TRUE(outcomes.contains("123456"));
    EXPECT_TRUE(outcomes.contains("12"));
    EXPECT_TRUE(outcomes.contains(std::string("12\0\0", 4)));
    EXPECT_FALSE(outcomes.contains("1234"));
}

TEST(SimulatedDisk, a_flush_makes_a_cut_last) {
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "123456");
        const auto file = disk.open("/a", FileMode::write).value();
        file->resize(2).value();
        file->resize(4).value();
        file->flush().value();
        disk.power_cut();
        ASSERT_EQ(read(disk, "/a"), std::string("12\0\0", 4)) << "seed " << seed;
    }
}

TEST(SimulatedDisk, names_last_only_after_the_flush_of_their_folder) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/old", "1");
        const auto file = create(disk, "/new");
        write(*file, "2");
        file->flush().value();
        disk.rename("/new", "/old").value();
        disk.power_cut();
        std::string names;
        for (const auto& path : disk.list("/").value()) names += path + read(disk, "/" + path);
        outcomes.insert(names);
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"old1", "old2", "new2old1"}));
}

TEST(SimulatedDisk, a_removal_may_be_undone_until_it_is_flushed) {
    bool back = false;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "1");
        put(disk, "/b", "1");
        disk.remove("/a").value();
        disk.flush_directory("/").value();
        disk.remove("/b").value();
        disk.power_cut();
        ASSERT_TRUE(disk.open("/a", FileMode::read).error() == DiskError::not_found);
        back = back || disk.open("/b", FileMode::read).has_value();
    }
    EXPECT_TRUE(back);
}

TEST(SimulatedDisk, what_is_in_a_folder_goes_with_it) {
    bool gone = false;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        disk.create_directory("/d").value();
        put(disk, "/d/a", "1");
        disk.power_cut();
        if (disk.list("/d").has_value()) {
            ASSERT_EQ(read(disk, "/d/a"), "1");
        } else {
            gone = true;
        }
    }
    EXPECT_TRUE(gone);
}

TEST(SimulatedDisk, a_kill_keeps_the_page_cache_but_makes_nothing_durable) {
    bool lost = false;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        const auto file = create(disk, "/a");
        write(*file, "text");
        disk.kill();
        EXPECT_TRUE(file->size().error() == DiskError::failed);
        EXPECT_EQ(read(disk, "/a"), "text");
        disk.open("/a", FileMode::write).value()->flush().value();
        disk.power_cut();
        lost = lost || disk.image().empty();
    }
    EXPECT_TRUE(lost) << "the name was never flushed";
}

TEST(SimulatedDisk, a_failed_flush_loses_pages_that_still_read_back) {
    bool lost = false;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "old ");
        const auto file = disk.open("/a", FileMode::write).value();
        write(*file, "new ");
        disk.plan({.kind = Operation::flush});
        EXPECT_TRUE(file->flush().error() == DiskError::failed);
        file->flush().value();
        EXPECT_EQ(read(*file), "new ");
        disk.power_cut();
        lost = lost || read(disk, "/a") == "old ";
    }
    EXPECT_TRUE(lost);
}

TEST(SimulatedDisk, lost_pages_show_when_the_kernel_drops_them) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "old");
        const auto file = disk.open("/a", FileMode::write).value();
        write(*file, "new");
        disk.drop_clean_pages();
        EXPECT_EQ(read(*file), "new") << "dirty pages stay";
        disk.plan({.kind = Operation::flush});
        EXPECT_FALSE(file->flush().has_value());
        disk.drop_clean_pages();
        outcomes.insert(read(*file));
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"new", "old"}));
}

TEST(SimulatedDisk, writing_lost_pages_again_makes_them_durable) {
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", "old");
        const auto file = disk.open("/a", FileMode::write).value();
        write(*file, "new");
        disk.plan({.kind = Operation::flush});
        EXPECT_FALSE(file->flush().has_value());
        write(*file, "new");
        file->flush().value();
        disk.power_cut();
        ASSERT_EQ(read(disk, "/a"), "new") << "seed " << seed;
    }
}

TEST(SimulatedDisk, fails_the_operations_that_were_planned) {
    SimulatedDisk disk(1);
    const auto file = create(disk, "/a");
    disk.plan({.kind = Operation::write, .at = 2, .times = 2, .error = DiskError::no_space});
    write(*file, "1");
    EXPECT_TRUE(file->write_at(ByteSpan{}, 0).error() == DiskError::no_space);
    file->flush().value();
    EXPECT_TRUE(file->write_at(ByteSpan{}, 0).error() == DiskError::no_space);
    write(*file, "2");
    disk.plan({.at = 3, .times = for_ever});
    file->flush().value();
    EXPECT_EQ(read(*file), "2");
    write(*file, "3");
    EXPECT_TRUE(disk.create_directory("/d").error() == DiskError::failed);
    EXPECT_TRUE(disk.remove("/a").error() == DiskError::failed);
    EXPECT_EQ(disk.failures(), 4U);
    disk.clear_faults();
    disk.remove("/a").value();
}

TEST(SimulatedDisk, a_failed_write_may_have_written_a_part) {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < many_seeds; ++seed) {
        SimulatedDisk disk(seed);
        const auto file = create(disk, "/a");
        disk.plan({.kind = Operation::write});
        EXPECT_FALSE(file->write_at(std::as_bytes(std::span{"12", 2}), 0).has_value());
        outcomes.insert(read(*file));
    }
    EXPECT_EQ(outcomes, (std::set<std::string>{"", "1", "12"}));
}

TEST(SimulatedDisk, stops_at_the_planned_point) {
    for (const CrashPoint where : {CrashPoint::before, CrashPoint::within, CrashPoint::after}) {
        SimulatedDisk disk(1);
        const auto file = create(disk, "/a");
        disk.crash_at(2, where);
        write(*file, "1");
        EXPECT_EQ(read(*file), "1") << "reading does not count";
        EXPECT_FALSE(disk.crashed());
        EXPECT_FALSE(file->write_at(std::as_bytes(std::span{"2", 1}), 1).has_value());
        EXPECT_TRUE(disk.crashed());
        EXPECT_FALSE(disk.list("/").has_value());
        disk.kill();
        EXPECT_FALSE(disk.crashed());
        const std::string text = read(disk, "/a");
        EXPECT_TRUE(text == "1" || where != CrashPoint::before);
        EXPECT_TRUE(text == "12" || where != CrashPoint::after);
    }
}

TEST(SimulatedDisk, flips_bits_for_good) {
    SimulatedDisk disk(1);
    put(disk, "/a", "aa");
    disk.flip_bit("/a", 1, 1);
    disk.flip_bit("/a", 2, 1);
    EXPECT_EQ(read(disk, "/a"), "ac");
    disk.power_cut();
    EXPECT_EQ(read(disk, "/a"), "ac");
    disk.put("/a", "b");
    disk.power_cut();
    EXPECT_EQ(read(disk, "/a"), "b");
    disk.erase("/a");
    EXPECT_TRUE(disk.image().empty());
}

TEST(SimulatedDisk, counts_and_records_operations) {
    SimulatedDisk disk(1);
    put(disk, "/a", "1234");
    disk.plan({.kind = Operation::open, .error = DiskError::too_many_open});
    EXPECT_FALSE(disk.open("/a", FileMode::read).has_value());
    EXPECT_EQ(disk.count(Operation::write), 1U);
    EXPECT_EQ(disk.changes(), 4U);
    EXPECT_EQ(disk.log_tail(4),
              "     2 write /a at 0 for 4\n"
              "     3 flush /a at 0 for 4\n"
              "     4 flush_directory / at 0 for 0\n"
              "     5 open /a at 0 for 0: too_many_open\n");
}

TEST(SimulatedDisk, the_same_seed_gives_the_same_run) {
    const auto run = [](std::uint64_t seed) {
        SimulatedDisk disk(seed);
        put(disk, "/a", std::string(10'000, 'a'));
        write(*disk.open("/a", FileMode::write).value(), std::string(20'000, 'b'), 500);
        create(disk, "/b");
        disk.power_cut();
        return disk.image();
    };
    for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(run(seed), run(seed));
    EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace mainstem::support
