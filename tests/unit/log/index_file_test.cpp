// Index files: what the index in memory answers, the file made of it answers too, or says that it
// is damaged.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "log/index_file.hpp"
#include "support/index_bytes.hpp"
#include "support/memory_file.hpp"
#include "support/segment_builder.hpp"

namespace mainstem::log {
namespace {

using Bytes = std::vector<std::byte>;

constexpr Version last_version{~std::uint64_t{0}};

/// Random content of a segment, in memory and as a file.
class Content {
public:
    /// `memory`: of the cache that its index files are read by.
    Content(std::size_t streams, std::size_t events, std::uint64_t seed,
            mainstem::Bytes memory = {1 << 20})
        : pages_(std::make_unique<PageCache>(memory)) {
        header_.first_position = 101;
        header_.salt = 0xABCDEF0123456789 + seed;
        Random random{seed};
        for (std::size_t i = 0; i < events; ++i) {
            if (i == 0 || random.chance(1, 3)) add_request(random);
            // Each stream has at least one event when there are enough.
            const std::size_t stream = i < streams ? i : random.below(streams);
            names_.resize(std::max(names_.size(), stream + 1));
            names_[stream] = fmt::format("{}/{}", stream % 7, stream);
            const StreamKey key{names_[stream]};
            MemoryIndex::Stream* found = index_.find(key);
            if (found == nullptr) found = &index_.add_stream(key, {1 + random.below(300)});
            index_.add_event(*found, static_cast<std::uint32_t>(128 + 64 * i));
        }
        bytes_ = support::index_bytes(index_, header_, 128 + 64 * events);
    }

    [[nodiscard]] const MemoryIndex& memory() const { return index_; }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] const std::vector<EventId>& ids() const { return ids_; }
    [[nodiscard]] IndexOwner owner() const {
        return {header_.first_position, index_.size(), header_.salt};
    }
    [[nodiscard]] Result<std::unique_ptr<IndexFile>> open(const Bytes& bytes) const {
        return IndexFile::open(std::make_unique<support::MemoryFile>(bytes), "test.index", owner(),
                               *pages_);
    }

private:
    void add_request(Random& random) {
        ids_.push_back(support::numbered_id(random.below(1ULL << 40)));
        index_.add_request(ids_.back());
    }

    std::unique_ptr<PageCache> pages_;
    MemoryIndex index_;
    SegmentHeader header_;
    std::vector<std::string> names_;
    std::vector<EventId> ids_;
    Bytes bytes_;
};

/// Asks an index everything and compares with the one in memory. An error is an answer, too, unless
/// a comparison says that it may not be.
class Comparison {
public:
    Comparison(const Content& content, const SegmentIndex& file) : content_(content), file_(file) {}

    void streams(std::size_t step = 1) {
        for (std::size_t i = 0; i < content_.names().size(); i += step) stream(content_.names()[i]);
        absent("");
        absent("no such stream");
        absent("1/1000000000");
    }
    void offsets() {
        std::vector<std::uint32_t> from_file;
        std::vector<std::uint32_t> expected;
        if (content_.memory().size() == 0) return;
        const Ordinal last = content_.memory().size() - 1;
        content_.memory().offsets(0, last, expected).value();
        if (answered(file_.offsets(0, last, from_file))) {
            ASSERT_EQ(from_file, expected);
        }
        for (Ordinal at = 0; at <= last; at += 1 + last / 500) {
            from_file.clear();
            if (!answered(file_.offsets(at, at, from_file))) continue;
            ASSERT_EQ(from_file, std::vector{expected[at]});
        }
    }
    /// A file knows half of a hash: it may yield more than was asked for, never less.
    void requests(std::size_t step = 1) {
        for (std::size_t i = 0; i < content_.ids().size(); i += step) {
            const std::uint32_t hash = hash_of(content_.ids()[i]);
            std::vector<Ordinal> from_file;
            std::vector<Ordinal> expected;
            content_.memory().requests(hash, expected).value();
            if (!answered(file_.requests(hash, from_file))) continue;
            std::ranges::sort(expected);
            ASSERT_TRUE(std::ranges::includes(from_file, expected));
            ASSERT_LE(from_file.size(), expected.size() + 1);
        }
    }
    void lists() {
        for (const std::size_t limit : {0U, 1U, 10U, 1'000'000U}) {
            for (const std::string_view prefix : {"", "1/", "1/1", "6", "7", "zzz"}) {
                for (const std::string_view after : {"", "1/1", "3/", "~"}) {
                    one_list(prefix, after, limit);
                }
            }
        }
    }
    void all() {
        streams();
        offsets();
        requests();
        lists();
    }

    [[nodiscard]] std::size_t errors() const noexcept { return errors_; }

private:
    template <class Answer>
    bool answered(const Answer& answer) {
        if (answer) return true;
        EXPECT_TRUE(answer.error() == StoreError::damaged) << answer.error();
        ++errors_;
        return false;
    }
    void stream(const std::string& name) {
        const StreamKey key{name};
        const SegmentIndex& memory = content_.memory();
        const auto expected = memory.find(key, content_.memory().size()).value();
        const auto found = file_.find(key, content_.memory().size());
        if (!answered(found)) return;
        ASSERT_TRUE(expected && *found) << name;
        ASSERT_EQ((*found)->first, expected->first);
        ASSERT_EQ((*found)->last, expected->last);
        ASSERT_EQ((*found)->last_ordinal, expected->last_ordinal);
        ordinals(**found, *expected, {1}, last_version);
        ordinals(**found, *expected, expected->last, expected->last);
        ordinals(**found, *expected, expected->first.next(), expected->last);
    }
    void ordinals(const StreamSpan& in_file, const StreamSpan& in_memory, Version from,
                  Version to) {
        std::vector<Ordinal> from_file;
        std::vector<Ordinal> expected;
        content_.memory().ordinals(in_memory, from, to, expected).value();
        if (answered(file_.ordinals(in_file, from, to, from_file))) {
            ASSERT_EQ(from_file, expected);
        }
    }
    void absent(std::string_view name) {
        const auto found = file_.find(StreamKey{name}, content_.memory().size());
        if (answered(found)) {
            ASSERT_EQ(*found, std::nullopt) << name;
        }
    }
    void one_list(std::string_view prefix, std::string_view after, std::size_t limit) {
        std::vector<StreamInfo> from_file;
        std::vector<StreamInfo> expected;
        const Ordinal count = content_.memory().size();
        content_.memory().list(prefix, after, limit, count, expected).value();
        if (!answered(file_.list(prefix, after, limit, count, from_file))) return;
        ASSERT_EQ(from_file, expected) << prefix << ' ' << after << ' ' << limit;
    }

    const Content& content_;
    const SegmentIndex& file_;
    std::size_t errors_ = 0;
};

std::uint32_t blocks_of(const Bytes& bytes) {
    return static_cast<std::uint32_t>(bytes.size() / block_size);
}

/// Makes a block valid again after it was changed.
void reseal(Bytes& bytes, std::uint32_t block, std::uint64_t salt) {
    const std::uint32_t checksum = block_checksum(&bytes[block * block_size], block, salt);
    std::memcpy(&bytes[block * block_size + block_content], &checksum, sizeof checksum);
}

/// Changes the header of an index file.
template <class Change>
Bytes with_header(const Content& content, Change change) {
    Bytes bytes = content.bytes();
    auto header = load<IndexHeader>(bytes.data());
    change(header);
    store(header, bytes.data());
    reseal(bytes, 0, content.owner().salt);
    return bytes;
}

TEST(IndexFile, answers_as_the_index_in_memory) {
    struct Shape {
        std::size_t streams;
        std::size_t events;
    };
    std::uint64_t seed = 1;
    for (const auto& [streams, events] :
         {Shape{1, 0}, {1, 1}, {1, 30'000}, {2, 3}, {10, 1'000}, {3'000, 3'000}, {500, 20'000}}) {
        const Content content{streams, events, seed++};
        const auto file = content.open(content.bytes()).value();
        Comparison comparison{content, *file};
        comparison.all();
        EXPECT_EQ(comparison.errors(), 0U) << streams << " streams, " << events << " events";
        EXPECT_EQ(file->segment_size(), 128 + 64 * events);
        const RequestTimes times = *file->request_times();
        for (const EventId& id : content.ids()) ASSERT_TRUE(times.may_hold(id));
    }
}

TEST(IndexFile, answers_the_same_with_little_memory_or_none) {
    for (const mainstem::Bytes memory : {mainstem::Bytes{0}, mainstem::Bytes{64 << 10}}) {
        const Content content{2'000, 5'000, 30, memory};
        const auto file = content.open(content.bytes()).value();
        Comparison comparison{content, *file};
        comparison.all();
        EXPECT_EQ(comparison.errors(), 0U);
    }
}

TEST(IndexFile, answers_for_a_hundred_thousand_streams) {
    const Content content{100'000, 120'000, 40};
    const auto file = content.open(content.bytes()).value();
    Comparison comparison{content, *file};
    comparison.streams(13);
    comparison.offsets();
    comparison.requests(17);
    comparison.lists();
    EXPECT_EQ(comparison.errors(), 0U);
}

TEST(IndexFile, is_the_same_for_the_same_content) {
    EXPECT_EQ((Content{20, 100, 3}.bytes()), (Content{20, 100, 3}.bytes()));
}

TEST(IndexFile, yields_no_wrong_answer_from_a_damaged_block) {
    const Content content{600, 3'000, 7};
    ASSERT_GT(blocks_of(content.bytes()), 10U);
    Random random{8};
    for (std::uint32_t block = 0; block < blocks_of(content.bytes()); ++block) {
        for (int kind = 0; kind < 3; ++kind) {
            Bytes bytes = content.bytes();
            const std::size_t begin = block * block_size;
            if (kind == 0) {
                bytes[begin + random.below(block_size)] ^= std::byte{1};
            } else if (kind == 1) {
                std::fill_n(&bytes[begin], block_size, std::byte{0});
            } else {
                const std::size_t other = (block + 1) % blocks_of(bytes) * block_size;
                std::copy_n(&content.bytes()[other], block_size, &bytes[begin]);
            }
            const auto file = content.open(bytes);
            if (!file) {
                EXPECT_EQ(block, 0U);
                EXPECT_TRUE(file.error() == StoreError::damaged);
                continue;
            }
            Comparison comparison{content, **file};
            comparison.all();
            EXPECT_GT(comparison.errors(), 0U) << "block " << block << " damage " << kind;
        }
    }
}

TEST(IndexFile, is_refused_when_it_is_cut_short) {
    const Content content{300, 1'000, 9};
    for (std::uint32_t blocks = 0; blocks < blocks_of(content.bytes()); ++blocks) {
        Bytes bytes = content.bytes();
        bytes.resize(blocks * block_size);
        const auto file = content.open(bytes);
        ASSERT_FALSE(file) << blocks << " blocks are left";
        EXPECT_TRUE(file.error() == StoreError::damaged) << file.error();
    }
    Bytes bytes = content.bytes();
    bytes.pop_back();
    EXPECT_TRUE(content.open(bytes).error() == StoreError::damaged);
}

TEST(IndexFile, of_another_segment_is_refused) {
    const Content content{10, 50, 10};
    PageCache pages{mainstem::Bytes{1 << 20}};
    const auto open_for = [&](IndexOwner owner) {
        return IndexFile::open(std::make_unique<support::MemoryFile>(content.bytes()), "test.index",
                               owner, pages);
    };
    IndexOwner owner = content.owner();
    EXPECT_TRUE(open_for(owner));
    owner.salt ^= 1;
    EXPECT_TRUE(open_for(owner).error() == StoreError::damaged);
    owner = content.owner();
    ++owner.event_count;
    EXPECT_TRUE(open_for(owner).error() == StoreError::damaged);
    owner = content.owner();
    ++owner.first_position;
    EXPECT_TRUE(open_for(owner).error() == StoreError::damaged);
}

TEST(IndexFile, of_another_version_is_refused) {
    const Content content{10, 50, 11};
    const auto refused = [&](auto change) {
        const auto opened = content.open(with_header(content, change));
        return !opened && opened.error() == StoreError::damaged;
    };
    EXPECT_FALSE(refused([](IndexHeader&) {}));
    EXPECT_TRUE(refused([](IndexHeader& header) { ++header.version; }));
    EXPECT_TRUE(refused([](IndexHeader& header) { header.magic[0] = 'X'; }));
    EXPECT_TRUE(refused([](IndexHeader& header) { header.section_count = 17; }));
    for (std::size_t section = 0; section < 5; ++section) {
        EXPECT_TRUE(refused([&](IndexHeader& header) { header.sections[section].name[0] = 'x'; }));
    }
}

TEST(IndexFile, skips_sections_that_it_does_not_know) {
    const Content content{10, 50, 12};
    const Bytes bytes = with_header(content, [](IndexHeader& header) {
        header.sections[header.section_count] = header.sections[0];
        header.sections[0].name = {'f', 'u', 't', 'u', 'r', 'e', '!', '!'};
        ++header.section_count;
    });
    const auto file = content.open(bytes).value();
    Comparison comparison{content, *file};
    comparison.all();
    EXPECT_EQ(comparison.errors(), 0U);
}

TEST(IndexFile, that_contradicts_itself_is_damaged) {
    const Content content{50, 200, 13};
    const auto header = load<IndexHeader>(content.bytes().data());
    for (std::size_t section = 0; section < header.section_count; ++section) {
        if (header.sections[section].size == 0) continue;
        Bytes bytes = content.bytes();
        const std::uint32_t block = header.sections[section].first_block;
        std::fill_n(&bytes[block * block_size], block_content, std::byte{0xFF});
        reseal(bytes, block, content.owner().salt);
        const auto file = content.open(bytes).value();
        // Offsets are taken as they are: the events that they lead to are verified. Terms are
        // looked at by tests of their own.
        const std::string_view content_name{header.sections[section].name.data()};
        if (content_name == "offsets" || content_name == "terms") continue;
        if (content_name == "filter") continue;  // lets everything pass
        std::vector<StreamInfo> listed;
        std::vector<Ordinal> ordinals;
        bool failed = !file->list("", "", 100, 200, listed);
        for (const std::string& name : content.names()) {
            const auto found = file->find(StreamKey{name}, 200);
            failed = failed || !found || !*found;
        }
        for (const EventId& id : content.ids()) {
            const std::size_t before = ordinals.size();
            failed = failed || !file->requests(hash_of(id), ordinals) || ordinals.size() == before;
        }
        EXPECT_TRUE(failed) << "section " << section;
    }
}

}  // namespace
}  // namespace mainstem::log
