// Blocks of an index file by way of the cache: read once, verified before they are kept, read each
// time where there is no room for them; and entries found by their hash in them.
#include <algorithm>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>
#include <mainstem/store/append.hpp>

#include "log/hash_entries.hpp"
#include "support/forwarding_file.hpp"
#include "support/memory_file.hpp"

namespace mainstem::log {
namespace {

constexpr std::uint64_t salt = 4711;
constexpr Bytes plenty{1 << 20};

/// Counts reads; the test may damage its bytes.
class CountingFile final : public support::ForwardingFile {
public:
    CountingFile(std::unique_ptr<support::MemoryFile> file, std::size_t& reads)
        : ForwardingFile(std::move(file)), reads_(&reads) {}
    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        ++*reads_;
        return file().read_at(to, offset);
    }

private:
    std::size_t* reads_;
};

/// A file of one section, which begins in block 0, and its reader. Without content, an empty block.
class OneSection {
public:
    OneSection(ByteSpan content, std::size_t entry_size, PageCache& pages) {
        auto memory = std::make_unique<support::MemoryFile>();
        bytes_ = &memory->bytes();
        const std::size_t in_block = block_content / entry_size * entry_size;
        if (content.empty()) bytes_->resize(block_size);
        for (std::size_t at = 0; at < content.size(); at += in_block) {
            const std::size_t begin = bytes_->size();
            bytes_->resize(begin + block_size);
            const auto part = content.subspan(at, std::min(in_block, content.size() - at));
            std::ranges::copy(part, &(*bytes_)[begin]);
            const auto number = static_cast<std::uint32_t>(begin / block_size);
            const auto checksum = block_checksum(&(*bytes_)[begin], number, salt);
            mainstem::log::store(checksum, &(*bytes_)[begin + block_content]);
        }
        blocks_ = BlockReader::open(std::make_unique<CountingFile>(std::move(memory), reads_),
                                    "test.index", salt, pages)
                      .value();
        IndexSection section;
        section.size = content.size();
        section_ = SectionReader{*blocks_, section, entry_size};
    }

    [[nodiscard]] const SectionReader& section() const { return section_; }
    void damage(std::size_t at) { (*bytes_)[at] ^= std::byte{1}; }
    /// Reads of the file since the last time.
    std::size_t reads() { return std::exchange(reads_, 0); }

private:
    std::size_t reads_ = 0;
    std::vector<std::byte>* bytes_ = nullptr;
    std::unique_ptr<BlockReader> blocks_;
    SectionReader section_;
};

std::vector<std::byte> random_bytes(std::size_t size) {
    Random random{size};
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
    return bytes;
}

TEST(IndexBlock, is_read_once) {
    PageCache pages{plenty};
    const auto content = random_bytes(3 * block_content);
    OneSection file{content, 1, pages};
    std::array<std::byte, 10> got{};
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(file.section().read(block_content + 7, got).value(), got.size());
        EXPECT_TRUE(std::equal(got.begin(), got.end(), &content[block_content + 7]));
    }
    EXPECT_EQ(file.reads(), 1U);
    EXPECT_EQ(pages.hits(), 4U);
}

TEST(IndexBlock, is_read_each_time_without_a_cache) {
    PageCache pages{Bytes{0}};
    const auto content = random_bytes(100);
    OneSection file{content, 1, pages};
    std::array<std::byte, 10> got{};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(file.section().read(90, got).value(), 10U);
    EXPECT_EQ(file.section().read(95, got).value(), 5U);
    EXPECT_EQ(file.section().read(100, got).value(), 0U);
    EXPECT_EQ(file.reads(), 6U);
}

TEST(IndexBlock, that_is_damaged_is_never_kept) {
    PageCache pages{plenty};
    OneSection file{random_bytes(block_content), 1, pages};
    std::array<std::byte, 10> got{};
    file.damage(100);
    EXPECT_TRUE(file.section().read(0, got).error() == StoreError::damaged);
    EXPECT_TRUE(file.section().read(0, got).error() == StoreError::damaged);
    EXPECT_EQ(file.reads(), 2U);
    file.damage(100);
    EXPECT_TRUE(file.section().read(0, got));
    file.damage(100);
    EXPECT_TRUE(file.section().read(0, got));  // what was verified stays so
}

TEST(IndexBlock, of_one_file_is_never_taken_for_that_of_another) {
    PageCache pages{plenty};
    const auto one = random_bytes(100);
    const auto other = random_bytes(200);
    const OneSection first{one, 1, pages};
    const OneSection second{other, 1, pages};
    std::array<std::byte, 100> got{};
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(first.section().read(0, got));
        EXPECT_TRUE(std::ranges::equal(got, one));
        EXPECT_TRUE(second.section().read(0, got));
        EXPECT_TRUE(std::equal(got.begin(), got.end(), other.begin()));
    }
}

TEST(SectionCursor, yields_all_bytes_and_then_an_error) {
    for (const Bytes memory : {Bytes{0}, plenty}) {
        PageCache pages{memory};
        const auto content = random_bytes(20'000);
        OneSection file{content, 1, pages};
        for (const std::size_t begin : {0U, 1U, 4091U, 4092U, 19'999U}) {
            SectionCursor cursor{file.section(), begin};
            for (std::size_t i = begin; i < content.size(); ++i) {
                ASSERT_EQ(cursor.next(), static_cast<int>(content[i]));
            }
            EXPECT_FALSE(cursor.error());
            EXPECT_EQ(cursor.next(), -1);
            EXPECT_TRUE(cursor.error() == StoreError::damaged);
            EXPECT_EQ(cursor.next(), -1);
        }
    }
}

TEST(SectionCursor, reads_long_content_by_blocks) {
    PageCache pages{Bytes{0}};
    OneSection file{random_bytes(20 * block_content), 1, pages};
    SectionCursor cursor{file.section(), 0};
    for (std::size_t i = 0; i < 20 * block_content; ++i) ASSERT_GE(cursor.next(), 0);
    EXPECT_LT(file.reads(), 30U);
}

/// All entries with the hash.
template <class Entry>
std::vector<std::uint32_t> found(const SectionReader& section, decltype(Entry::hash) hash) {
    std::vector<std::uint32_t> values;
    EntriesWithHash<Entry> entries{section, hash};
    while (const auto entry = entries.next().value()) {
        EXPECT_EQ(Entry{*entry}.hash, hash);
        values.push_back(entry->value);
    }
    EXPECT_FALSE(entries.next().value());
    return values;
}

/// Finds random hashes, each of them there up to `most_equal` times, and others.
template <class Entry>
void finds_all(std::size_t count, std::uint64_t most_equal, Bytes memory) {
    using Hash = decltype(Entry::hash);
    Random random{count + most_equal};
    std::vector<Hash> hashes;
    std::vector<Entry> entries;
    while (entries.size() < count) {
        hashes.push_back(static_cast<Hash>(random()));
        const auto equal = std::min(1 + random.below(most_equal), count - entries.size());
        for (std::uint64_t i = 0; i < equal; ++i) {
            entries.push_back({hashes.back(), static_cast<std::uint32_t>(entries.size())});
        }
    }
    std::ranges::stable_sort(entries,
                             [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
    PageCache pages{memory};
    const OneSection file{std::as_bytes(std::span{entries}), sizeof(Entry), pages};
    hashes.insert(hashes.end(), {Hash{0}, static_cast<Hash>(~Hash{0}), static_cast<Hash>(77)});
    for (const Hash hash : hashes) {
        std::vector<std::uint32_t> expected;
        for (const Entry& entry : entries) {
            if (entry.hash == hash) expected.push_back(entry.value);
        }
        ASSERT_EQ(found<Entry>(file.section(), hash), expected) << count << ' ' << hash;
    }
}

struct [[gnu::packed]] WideEntry {
    std::uint64_t hash = 0;
    std::uint32_t value = 0;
};
struct NarrowEntry {
    std::uint32_t hash = 0;
    std::uint32_t value = 0;
};

TEST(EntriesWithHash, are_all_found) {
    for (const std::size_t count : {0U, 1U, 341U, 342U, 3000U}) {
        for (const std::uint64_t most_equal : {1U, 3U, 800U}) {
            finds_all<WideEntry>(count, most_equal, plenty);
            finds_all<WideEntry>(count, most_equal, Bytes{0});
            finds_all<NarrowEntry>(count, most_equal, plenty);
        }
    }
}

TEST(EntriesWithHash, take_one_look_or_two) {
    Random random{5};
    std::vector<WideEntry> entries(100'000);
    for (auto& entry : entries) entry.hash = random();
    std::ranges::sort(entries, [](const auto& a, const auto& b) { return a.hash < b.hash; });
    PageCache pages{Bytes{0}};
    OneSection file{std::as_bytes(std::span{entries}), sizeof(WideEntry), pages};
    constexpr std::size_t searches = 500;
    for (std::size_t i = 0; i < searches; ++i) {
        EntriesWithHash<WideEntry> there{file.section(), entries[random.below(100'000)].hash};
        EXPECT_TRUE(there.next().value());
    }
    EXPECT_LT(file.reads(), 2 * searches);
}

TEST(EntriesWithHash, say_what_is_damaged) {
    std::vector<WideEntry> entries(1000);
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i].hash = (i + 1) << 54;
    PageCache pages{plenty};
    OneSection file{std::as_bytes(std::span{entries}), sizeof(WideEntry), pages};
    file.damage(block_size + 5);
    EntriesWithHash<WideEntry> in_damage{file.section(), std::uint64_t{500} << 54};
    EXPECT_TRUE(in_damage.next().error() == StoreError::damaged);
    EntriesWithHash<WideEntry> before{file.section(), std::uint64_t{10} << 54};
    EXPECT_TRUE(before.next().value());
}

}  // namespace
}  // namespace mainstem::log
