// Requests found by their id: in the segment that is written, in sealed ones, by other processes.
#include <thread>

#include "log/request_table.hpp"
#include "unit/log/sealed_segments.hpp"

namespace mainstem::log {
namespace {

class FindRequest : public LogTest {
protected:
    FindRequest() { open_writer(); }

    static std::optional<Appended> find(EventStore& from, const EventId& id) {
        return from.find_request(id).value();
    }
    [[nodiscard]] EventId last_id() const { return numbered_id(made); }
};

TEST_F(FindRequest, tells_whether_it_is_on_the_disk) {
    append("a");
    EXPECT_EQ(find(*store, last_id())->durability, Durability::flushed);
    append("a", "{}", Durability::buffered);
    EXPECT_EQ(find(*store, last_id())->durability, Durability::buffered);
    EXPECT_EQ(find(*store, last_id())->versions, (std::vector<StreamVersion>{{"a", Version{2}}}));
    store->flush_buffered();
    EXPECT_EQ(find(*store, last_id())->durability, Durability::flushed);
}

TEST_F(FindRequest, shows_other_processes_what_is_flushed) {
    append("a");
    const auto reader = open(OpenMode::read_only);
    EXPECT_TRUE(find(*reader, last_id()));
    append("a", "{}", Durability::buffered);
    EXPECT_FALSE(find(*reader, last_id()));
    store->flush_buffered();
    const auto found = find(*reader, last_id());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->durability, Durability::flushed);
    EXPECT_EQ(found->position, Position{2});

    for (std::size_t segments = 2; segments <= 4; ++segments) {
        fill(segments);
        for (std::uint64_t number = 1; number <= made; number += 10) {
            ASSERT_TRUE(find(*reader, numbered_id(number))) << number;
            EXPECT_EQ(find(*reader, numbered_id(number))->position, Position{number});
        }
        EXPECT_FALSE(find(*reader, numbered_id(made + 1)));
    }
}

TEST_F(FindRequest, does_not_show_what_is_on_its_way_to_the_disk) {
    const auto first = queue(one_event("a"));
    disk.in_next_flush([&] {
        EXPECT_FALSE(find(*store, numbered_id(1)));
        queue(one_event("b"));
        store->decide_pending();
        EXPECT_FALSE(find(*store, numbered_id(2)));
    });
    while (store->serve_pending() > 0) {
    }
    EXPECT_TRUE(find(*store, numbered_id(1)));
    EXPECT_TRUE(find(*store, numbered_id(2)));
}

TEST_F(FindRequest, reports_damage) {
    append("a", "the payload that is damaged");
    append("a");
    const std::string path = files(".log").back();
    disk.flip_bit(path, disk.image().at(path).find("the payload"), 3);
    const auto found = store->find_request(numbered_id(1));
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error() == StoreError::damaged) << found.error();
    EXPECT_TRUE(find(*store, numbered_id(2)));
}

class FindSealedRequest : public SealedSegments {
protected:
    /// Every request that is stored is found, and no other.
    void expect_found(EventStore& from) const {
        for (const Event& event : events) {
            const auto found = from.find_request(event.id).value();
            ASSERT_TRUE(found) << event.position;
            EXPECT_EQ(found->first, event.position);
            EXPECT_EQ(found->position, event.position);
            EXPECT_EQ(found->versions, (std::vector<StreamVersion>{{event.stream, event.version}}));
            EXPECT_EQ(found->durability, Durability::flushed);
            EXPECT_TRUE(found->repeated);
        }
        for (std::uint64_t other = 1; other <= 100; ++other) {
            EXPECT_FALSE(from.find_request(numbered_id(events.size() + other)).value());
        }
    }
};

TEST_F(FindSealedRequest, with_index_files_and_without) {
    for (const bool erase : {false, true}) {
        if (erase) erase_indexes();
        expect_found(*open(OpenMode::read_only));
        open_writer();
        expect_found(*store);
        close_writer();
    }
}

TEST_F(FindSealedRequest, looks_at_no_file_for_a_newer_one) {
    open_writer();
    EXPECT_FALSE(store->find_request(numbered_id(events.size() + 1)).value());
    const auto reads = disk.count(Operation::read);
    EXPECT_FALSE(store->find_request(numbered_id(events.size() + 2)).value());
    EXPECT_EQ(disk.count(Operation::read), reads);
}

TEST(RequestTable, is_looked_at_while_it_grows) {
    constexpr Ordinal count = 200'000;
    RequestTable table;
    std::atomic<Ordinal> published{0};
    const auto hash = [](Ordinal ordinal) { return ordinal / 2 * 0x9E3779B1U; };
    const auto look = [&] {
        std::vector<Ordinal> found;
        for (std::uint32_t step = 0; published.load() < count; ++step) {
            const Ordinal seen = published.load();
            if (seen == 0) continue;
            const Ordinal wanted = step * 2'654'435'761U % seen;
            found.clear();
            table.find_beside(hash(wanted), found);
            ASSERT_NE(std::ranges::find(found, wanted), found.end()) << wanted << " of " << seen;
        }
    };
    std::vector<std::jthread> readers(3);
    for (auto& reader : readers) reader = std::jthread{look};
    for (Ordinal ordinal = 0; ordinal < count; ++ordinal) {
        table.add({hash(ordinal), ordinal});
        published = ordinal + 1;
    }
    readers.clear();
    EXPECT_EQ(table.all().size(), count);
}

}  // namespace
}  // namespace mainstem::log
