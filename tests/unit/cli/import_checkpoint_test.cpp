// Progress events of imports.
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>

#include "cli/import_batches.hpp"
#include "cli/import_checkpoint.hpp"

namespace mainstem::cli {
namespace {

ImportCheckpoint sample() {
    return {.rows = 12,
            .events = 9,
            .bad_rows = 2,
            .skipped = 1,
            .bytes = 12345678901,
            .fingerprint = "00ff",
            .options = R"({"--stream":"a"})",
            .finished = true};
}

TEST(ImportCheckpoint, reads_back_the_same) {
    const auto decoded = decode_checkpoint(encode_checkpoint(sample()));
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(*decoded, sample());
}

TEST(ImportCheckpoint, refuses_other_payloads) {
    for (const auto* const payload : {"", "[]", "{}", "{\"rows\":-1}", "{\"rows\":1}"}) {
        EXPECT_FALSE(decode_checkpoint(payload)) << payload;
    }
}

TEST(ChangedOption, names_the_first) {
    EXPECT_EQ(changed_option(R"({"--stream":"a","--tag":[]})", R"({"--stream":"a","--tag":[]})"),
              std::nullopt);
    EXPECT_EQ(changed_option(R"({"--stream":"a"})", R"({"--stream":"b"})"),
              "--stream was \"a\", now it is \"b\"");
}

TEST(ImportBatches, store_events_and_progress_together) {
    const auto store = open_memory_store(Clock::system());
    const auto stream = checkpoint_stream("a.csv");
    EXPECT_EQ(last_checkpoint(*store, stream)->version, Version{0});

    ImportBatches batches{*store, stream, Version{0}, 2};
    batches.add({"s", {"T"}});
    EXPECT_FALSE(batches.is_full());
    batches.add({"s", {"T"}});
    EXPECT_TRUE(batches.is_full());
    ASSERT_TRUE(batches.store(sample()));
    EXPECT_EQ(batches.size(), 0U);
    EXPECT_EQ(store->head().value(), Position{3});

    const auto last = last_checkpoint(*store, stream);
    ASSERT_TRUE(last) << last.error();
    EXPECT_EQ(last->version, Version{1});
    EXPECT_EQ(last->checkpoint, sample());
}

TEST(ImportBatches, refuse_to_go_on_beside_another_import_of_the_same_name) {
    const auto store = open_memory_store(Clock::system());
    ImportBatches one{*store, checkpoint_stream("a"), Version{0}, 1};
    ImportBatches other{*store, checkpoint_stream("a"), Version{0}, 1};
    one.add({"s", {"T"}});
    other.add({"s", {"T"}});
    EXPECT_TRUE(one.store(sample()));
    const auto refused = other.store(sample());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), StoreError::conflict);
    EXPECT_EQ(store->head().value(), Position{2});
}

TEST(ImportBatches, are_bounded_by_bytes) {
    const auto store = open_memory_store(Clock::system());
    ImportBatches batches{*store, checkpoint_stream("a"), Version{0}, 1000};
    batches.add({"s", {.type = "T", .data = std::string(9U << 20, 'x')}});
    EXPECT_TRUE(batches.is_full());
}

}  // namespace
}  // namespace mainstem::cli
