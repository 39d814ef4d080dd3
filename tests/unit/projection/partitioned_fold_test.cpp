// A fold in partitions makes what a fold in one thread makes, and fails as it does.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/core/random.hpp>
#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/store/store.hpp>

#include "projection/partitioned_fold.hpp"

namespace mainstem {
namespace {

using projection::PartitionedFold;

struct Counted {
    static constexpr auto event_type = "Counted";
    int number = 0;
};
struct Counter {
    static constexpr auto collection = "counters";
    int events = 0;
    int last = 0;
};
/// Order matters within a stream.
struct Counters {
    static constexpr auto projection = "counters";
    static constexpr auto partition_by = PartitionBy::stream;
    using Event = Counted;
    using Documents = mainstem::Documents<Counter>;

    static Result<void> apply(const Counted& event, const EventView& view, Documents& documents) {
        auto& counter = documents[view.stream];
        if (event.number < 0) return Error{ProjectionError::failed, "a number below 0"};
        ++counter.events;
        counter.last = counter.last * 31 % 1000 + event.number;
        return {};
    }
};

class PartitionedFoldTest : public ::testing::Test {
protected:
    /// Appends `events` to random ones of 50 streams; the last of all has the number `last`.
    void fill(int events, int last) {
        Random random{7};
        for (int i = 0; i < events; ++i) {
            const auto stream = "s" + std::to_string(random.below(50));
            store_.append(stream, Counted{i + 1 == events ? last : i}).value();
        }
    }

    FoldBegin begin() { return {.model = model_, .generation = generation_, .empty = true}; }

    /// What applying all events or collecting says.
    Result<void> apply_all(Fold& fold, std::vector<DocumentChange>& changes) {
        for (const auto& event : store_.read_all()) {
            if (auto done = fold.apply(*event); !done) return done;
        }
        return fold.collect(changes);
    }

    static std::map<std::string, std::pair<Position, std::string>> documents(
        const std::vector<DocumentChange>& changes) {
        std::map<std::string, std::pair<Position, std::string>> all;
        for (const auto& change : changes) {
            const auto& [id, version, json] = change.document;
            EXPECT_TRUE(all.emplace(id, std::pair{version, json}).second) << id << " twice";
        }
        return all;
    }

    Store store_ = Store::open("memory:").value();
    std::shared_ptr<ModelStore> model_ = open_memory_model();
    Projection projection_ = projection_of(Counters{});
    std::uint64_t generation_ = model_->declare(projection_.declaration).value().generation;
};

TEST_F(PartitionedFoldTest, makes_what_one_thread_makes) {
    fill(5000, 1);
    std::vector<DocumentChange> expected;
    const auto plain = projection_.fold(begin());
    ASSERT_TRUE(apply_all(*plain, expected));
    for (const std::size_t partitions : {1U, 2U, 3U, 8U}) {
        PartitionedFold fold{projection_, begin(), partitions};
        std::vector<DocumentChange> changes;
        const auto done = apply_all(fold, changes);
        ASSERT_TRUE(done) << done.error();
        EXPECT_EQ(documents(changes), documents(expected)) << partitions << " partitions";
    }
}

TEST_F(PartitionedFoldTest, keeps_what_was_committed_and_forgets_what_was_dropped) {
    fill(300, 1);
    PartitionedFold fold{projection_, begin(), 3};
    std::vector<DocumentChange> first;
    ASSERT_TRUE(apply_all(fold, first));
    fold.committed();
    std::vector<DocumentChange> none;
    ASSERT_TRUE(fold.collect(none));
    EXPECT_TRUE(none.empty());
    for (const auto& event : store_.read_all()) ASSERT_TRUE(fold.apply(*event));
    fold.drop();
    ASSERT_TRUE(fold.collect(none));
    EXPECT_TRUE(none.empty());
}

TEST_F(PartitionedFoldTest, fails_with_the_error_of_an_event_until_it_is_dropped) {
    fill(2000, -1);
    PartitionedFold fold{projection_, begin(), 4};
    std::vector<DocumentChange> changes;
    const auto done = apply_all(fold, changes);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message().find("position 2000") != std::string::npos) << done.error();
    EXPECT_TRUE(done.error().message().find("a number below 0") != std::string::npos);
    fold.drop();
    changes.clear();
    EXPECT_TRUE(fold.collect(changes));
    EXPECT_TRUE(changes.empty());
}

}  // namespace
}  // namespace mainstem
