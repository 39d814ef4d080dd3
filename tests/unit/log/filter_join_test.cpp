// Joined filters alone: they answer as each of the filters that they were made of, and are told
// from files that belong to others.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>

#include "log/filter_join.hpp"
#include "support/memory_file.hpp"
#include "support/paths.hpp"
#include "unit/log/hex_dump.hpp"

namespace mainstem::log {
namespace {

using support::MemoryFile;

constexpr std::uint64_t salt = 77;

/// The filter of one segment.
struct Filter {
    std::vector<std::uint64_t> hashes;
    std::vector<std::byte> content;

    explicit Filter(std::vector<std::uint64_t> hashes_in)
        : hashes(std::move(hashes_in)), content(encode(hashes)) {}
    explicit Filter(Random& random) {
        for (auto count = random.below(1 + random.below(3000)); count > 0; --count) {
            hashes.push_back(random());
        }
        content = encode(hashes);
    }
    static std::vector<std::byte> encode(const std::vector<std::uint64_t>& hashes) {
        FilterContent content{hashes.size()};
        for (const std::uint64_t hash : hashes) content.add(hash);
        return {content.bytes().begin(), content.bytes().end()};
    }
    [[nodiscard]] std::uint64_t lines() const { return content.size() / filter_line; }
    [[nodiscard]] bool holds(std::uint64_t hash) const {
        const FilterPlace place{hash};
        return place.is_set(&content[place.line(lines()) * filter_line]);
    }
    [[nodiscard]] FilterSource source() const {
        return {lines(), [this](std::uint64_t line, std::span<std::byte> to) -> Result<void> {
                    std::memcpy(to.data(), &content[line * filter_line], to.size());
                    return {};
                }};
    }
};

class FilterJoin : public ::testing::Test {
protected:
    PageCache pages{Bytes{1 << 20}};
    std::vector<Filter> filters;

    void make_filters(std::uint64_t seed) {
        Random random{seed};
        for (std::size_t i = 0; i < most_joined; ++i) filters.emplace_back(random);
    }
    static std::vector<std::byte> join(std::span<const FilterSource> sources, std::size_t count) {
        MemoryFile file;
        join_filters(sources, {1, count, salt}, file, [] { return false; }).value();
        return file.bytes();
    }
    Result<std::shared_ptr<const JoinedFilter>> open(std::vector<std::byte> bytes,
                                                     const JoinedFilterOwner& owner) {
        return JoinedFilter::open(std::make_unique<MemoryFile>(std::move(bytes)), "filter", owner,
                                  pages);
    }
    std::vector<std::byte> join_eight(std::size_t first) {
        std::vector<FilterSource> sources;
        for (std::size_t i = first; i < first + few_joined; ++i) {
            sources.push_back(filters[i].source());
        }
        return join(sources, few_joined);
    }
    void expect_same_answers(const JoinedFilter& joined, std::size_t first, std::uint64_t seed) {
        Random random{seed};
        for (std::size_t i = 0; i < 4000; ++i) {
            const Filter& filter = filters[first + random.below(joined.segment_count())];
            const bool known = !filter.hashes.empty() && random.chance(1, 2);
            const std::uint64_t hash =
                known ? filter.hashes[random.below(filter.hashes.size())] : random();
            std::uint64_t expected = 0;
            for (std::size_t s = 0; s < joined.segment_count(); ++s) {
                expected |= std::uint64_t{filters[first + s].holds(hash)} << s;
            }
            ASSERT_EQ(joined.holders(hash).value(), expected);
        }
    }
};

TEST_F(FilterJoin, answers_as_each_of_the_filters) {
    make_filters(3);
    std::vector<std::shared_ptr<const JoinedFilter>> eights;
    std::vector<FilterSource> sources;
    for (std::size_t first = 0; first < most_joined; first += few_joined) {
        eights.push_back(open(join_eight(first), {1, few_joined, salt}).value());
        expect_same_answers(*eights.back(), first, first);
        sources.push_back(source_of(eights.back()));
    }
    const auto all = open(join(sources, most_joined), {1, most_joined, salt}).value();
    expect_same_answers(*all, 0, 99);
}

TEST_F(FilterJoin, is_written_and_read_as_it_was) {
    const auto path = support::source_folder() / "tests/golden/joined_filter_v1.hex";
    Random random{2026};
    for (std::size_t s = 0; s < few_joined; ++s) {
        filters.emplace_back(std::vector<std::uint64_t>{s << 61, 0x0123456789ABCDEFULL * (s + 1)});
    }
    // One with more lines than the others.
    std::vector<std::uint64_t> many(60);
    for (auto& hash : many) hash = random();
    filters[5] = Filter{std::move(many)};
    const auto bytes = join_eight(0);
    const std::string written{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const char* wanted = std::getenv("MAINSTEM_WRITE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
    if (wanted != nullptr) std::ofstream{path, std::ios::binary} << hex_dump(written);
    std::ifstream file{path, std::ios::binary};
    ASSERT_TRUE(file) << path;
    const std::string golden{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(hex_dump(written), golden);
    const auto stored = bytes_of_dump(golden);
    ASSERT_TRUE(stored);
    const auto* begin = reinterpret_cast<const std::byte*>(stored->data());
    const auto joined = open({begin, begin + stored->size()}, {1, few_joined, salt});
    ASSERT_TRUE(joined) << joined.error();
    expect_same_answers(**joined, 0, 1);
}

TEST_F(FilterJoin, belongs_to_its_segments_alone) {
    make_filters(4);
    const auto bytes = join_eight(0);
    for (const JoinedFilterOwner& other :
         {JoinedFilterOwner{2, few_joined, salt}, JoinedFilterOwner{1, most_joined, salt},
          JoinedFilterOwner{1, few_joined, salt + 1}}) {
        EXPECT_EQ(open(bytes, other).error(), StoreError::damaged);
    }
    const std::uint64_t salts[] = {1, 2, 3};
    const std::uint64_t others[] = {1, 3, 2};
    EXPECT_NE(joined_salt(salts), joined_salt(others));
}

TEST_F(FilterJoin, of_which_a_bit_flipped_is_damaged) {
    make_filters(5);
    const auto bytes = join_eight(0);
    for (std::size_t block = 0; block < bytes.size() / block_size; ++block) {
        auto broken = bytes;
        broken[block * block_size + 13 * block % block_size] ^= std::byte{16};
        const auto joined = open(broken, {1, few_joined, salt});
        bool failed = !joined;
        for (std::size_t i = 0; i < few_joined && !failed; ++i) {
            for (const std::uint64_t hash : filters[i].hashes) {
                failed = failed || !(*joined)->holders(hash);
            }
        }
        EXPECT_TRUE(failed) << "block " << block;
    }
    for (const std::size_t size : {bytes.size() - block_size, bytes.size() - 1, std::size_t{0}}) {
        const auto joined =
            open({bytes.begin(), bytes.begin() + static_cast<long>(size)}, {1, few_joined, salt});
        bool failed = !joined;
        for (std::size_t i = 0; i < few_joined && !failed; ++i) {
            for (const std::uint64_t hash : filters[i].hashes) {
                failed = failed || !(*joined)->holders(hash);
            }
        }
        EXPECT_TRUE(failed) << size << " bytes";
    }
}

TEST_F(FilterJoin, ends_when_it_is_stopped_or_a_source_fails) {
    make_filters(6);
    std::vector<FilterSource> sources;
    for (std::size_t i = 0; i < few_joined; ++i) sources.push_back(filters[i].source());
    MemoryFile file;
    int asked = 0;
    const auto stopped =
        join_filters(sources, {1, few_joined, salt}, file, [&] { return ++asked == 2; });
    EXPECT_EQ(stopped.error(), StoreError::cancelled);
    sources[7].copy_line = [](std::uint64_t, std::span<std::byte>) -> Result<void> {
        return Error{StoreError::io, "gone"};
    };
    const auto failed = join_filters(sources, {1, few_joined, salt}, file, [] { return false; });
    EXPECT_EQ(failed.error(), StoreError::io);
}

TEST_F(FilterJoin, lets_few_pass_that_are_not_there) {
    Random random{8};
    std::vector<std::uint64_t> hashes(20'000);
    for (auto& hash : hashes) hash = random();
    const auto content = Filter::encode(hashes);
    const std::uint64_t lines = content.size() / filter_line;
    std::size_t passed = 0;
    for (std::size_t i = 0; i < 20'000; ++i) {
        const FilterPlace place{random()};
        passed += place.is_set(&content[place.line(lines) * filter_line]) ? 1 : 0;
    }
    EXPECT_LT(passed, 800U);  // of 20,000; at ten bits for each hash, the fewest
}

}  // namespace
}  // namespace mainstem::log
