// The words of errors, and how texts of callers are shown in them.
#include <string>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

TEST(Shown, printable_text_stays_as_it_is) {
    EXPECT_EQ(shown(""), "");
    EXPECT_EQ(shown("order-1"), "order-1");
    EXPECT_EQ(shown("größe 日本 😀"), "größe 日本 😀");
    EXPECT_EQ(shown(std::string(60, 'a')), std::string(60, 'a'));
}

TEST(Shown, long_text_is_cut_between_characters) {
    EXPECT_EQ(shown(std::string(61, 'a')), std::string(60, 'a') + "...");
    EXPECT_EQ(shown(std::string(59, 'a') + "ßb"), std::string(59, 'a') + "ß...");
    EXPECT_EQ(shown(std::string(20'000'000, 'a')), std::string(60, 'a') + "...");
}

TEST(Shown, what_cannot_be_printed_is_escaped) {
    EXPECT_EQ(shown(std::string{"a\0b", 3}), "a\\x00b");
    EXPECT_EQ(shown("\n\x1b[31m\x7f"), "\\x0a\\x1b[31m\\x7f");
    EXPECT_EQ(shown("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(shown("a\xe6\x97"), "a\\xe6\\x97");
    EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(StoreErrors, a_conflict_says_what_was_expected_and_found) {
    const auto stale = conflict_error("shelf-1", Version{7}, Version{8}, Position{93});
    EXPECT_EQ(stale.message(),
              "shelf-1: expected version 7, found version 8 (position 93); read it again, then "
              "decide again");
    EXPECT_TRUE(stale == StoreError::conflict);
    ASSERT_TRUE(stale.conflict());
    EXPECT_EQ(stale.conflict()->stream, "shelf-1");
    EXPECT_EQ(stale.conflict()->expected, ExpectedVersion{Version{7}});
    EXPECT_EQ(stale.conflict()->actual, Version{8});
    EXPECT_EQ(stale.conflict()->position, Position{93});

    EXPECT_EQ(conflict_error("shelf-1", Expect::none, Version{8}, Position{93}).message(),
              "shelf-1: expected no stream, found version 8 (position 93); read it again, then "
              "decide again");
    EXPECT_EQ(conflict_error("shelf-1", Expect::exists, {}, {}).message(),
              "shelf-1: expected the stream to exist, found none; read it again, then decide "
              "again");
    EXPECT_EQ(conflict_error("shelf-1", Version{7}, {}, {}).message(),
              "shelf-1: expected version 7, found none; read it again, then decide again");
}

TEST(StoreErrors, a_reused_id_names_the_request_that_has_it) {
    const auto id = EventId::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value();
    const auto error = id_reused_error(id, Position{93});
    EXPECT_TRUE(error == StoreError::id_reused);
    EXPECT_EQ(error.message(),
              "event id 017f22e2-79b0-7cc3-98c4-dc0c0c07398f names another request, stored at "
              "position 93; give a new request new ids");
}

TEST(StoreErrors, a_read_begins_at_most_one_beyond_the_head) {
    EXPECT_TRUE(check_start(Position{0}, Direction::forward, Position{0}));
    EXPECT_TRUE(check_start(Position{1}, Direction::forward, Position{0}));
    EXPECT_TRUE(check_start(Position{8}, Direction::forward, Position{7}));
    const auto beyond = check_start(Position{9}, Direction::forward, Position{7});
    ASSERT_FALSE(beyond);
    EXPECT_TRUE(beyond.error() == StoreError::out_of_range);
    EXPECT_EQ(beyond.error().message(), "cannot read from position 9: the last one is 7");
}

TEST(StoreErrors, a_backward_read_begins_at_most_at_the_head) {
    EXPECT_TRUE(check_start(Position{0}, Direction::backward, Position{0}));
    EXPECT_TRUE(check_start(Position{7}, Direction::backward, Position{7}));
    EXPECT_FALSE(check_start(Position{8}, Direction::backward, Position{7}));
}

TEST(StoreErrors, a_page_has_1_to_10000_events) {
    EXPECT_TRUE(check_page_events(1));
    EXPECT_TRUE(check_page_events(limits::page_events_most));
    const auto none = check_page_events(0);
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error() == StoreError::invalid);
    EXPECT_EQ(none.error().message(), "a page cannot have 0 events: take 1 to 10000");
    EXPECT_FALSE(check_page_events(limits::page_events_most + 1));
}

TEST(StoreErrors, each_has_a_name_and_says_whether_a_retry_can_help) {
    EXPECT_EQ(name(StoreError::conflict), "conflict");
    EXPECT_EQ(name(StoreError::outcome_unknown), "outcome_unknown");
    EXPECT_EQ(name(StoreError::io), "io");
    EXPECT_TRUE(retryable(StoreError::overloaded));
    EXPECT_TRUE(retryable(StoreError::in_use));
    EXPECT_TRUE(retryable(StoreError::io));
    for (const auto code :
         {StoreError::conflict, StoreError::id_reused, StoreError::invalid, StoreError::read_only,
          StoreError::stopped, StoreError::outcome_unknown, StoreError::not_found,
          StoreError::damaged, StoreError::newer_format, StoreError::out_of_range}) {
        EXPECT_FALSE(retryable(code)) << name(code);
    }
}

}  // namespace
}  // namespace mainstem
