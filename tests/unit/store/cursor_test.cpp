// The cursor: pages become one sequence, and an error is its last element, never its end.
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/append.hpp>
#include <mainstem/store/read.hpp>

namespace mainstem {
namespace {

/// One element of a page: a position, or an error where it is 0.
using Script = std::deque<std::vector<std::uint64_t>>;

/// Yields the pages of a script, of which some may be empty, then the end; counts how often it is
/// asked.
class ScriptedPages final : public PageSource {
public:
    ScriptedPages(Script script, int& fetches) : script_(std::move(script)), fetches_(fetches) {}

    bool next(EventPage& page) override {
        ++fetches_;
        EXPECT_TRUE(page.empty());
        if (script_.empty()) return false;
        for (const auto position : script_.front()) {
            if (position == 0) {
                page.emplace_back(Error{StoreError::damaged, "broken disk"});
            } else {
                EventView view{};
                view.position = Position{position};
                page.emplace_back(view);
            }
        }
        script_.pop_front();
        return true;
    }

private:
    Script script_;
    int& fetches_;
};

class CursorTest : public testing::Test {
protected:
    EventCursor cursor(Script script) {
        return EventCursor{std::make_unique<ScriptedPages>(std::move(script), fetches_)};
    }

    /// What a loop sees: positions, 0 for an error.
    static std::vector<std::uint64_t> elements(EventCursor cursor) {
        std::vector<std::uint64_t> seen;
        for (const auto& element : cursor) seen.push_back(element ? element->position.value : 0);
        return seen;
    }

    int fetches_ = 0;
};

using Elements = std::vector<std::uint64_t>;

TEST_F(CursorTest, pages_become_one_sequence) {
    EXPECT_EQ(elements(cursor({{1, 2}, {3}, {4, 5, 6}})), (Elements{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(fetches_, 4);
}

TEST_F(CursorTest, no_page_is_an_empty_sequence) { EXPECT_EQ(elements(cursor({})), Elements{}); }

TEST_F(CursorTest, an_error_is_the_last_element) {
    EXPECT_EQ(elements(cursor({{1, 2}, {3, 0}})), (Elements{1, 2, 3, 0}));
    EXPECT_EQ(elements(cursor({{0}})), (Elements{0}));
}

TEST_F(CursorTest, nothing_is_fetched_after_an_error) {
    EXPECT_EQ(elements(cursor({{1, 0}, {2}})), (Elements{1, 0}));
    EXPECT_EQ(fetches_, 1);
}

TEST_F(CursorTest, a_page_is_fetched_when_the_one_before_is_used_up) {
    auto pages = cursor({{1, 2}, {3}});
    EXPECT_EQ(fetches_, 0);
    EXPECT_EQ((*pages.next())->position, Position{1});
    EXPECT_EQ((*pages.next())->position, Position{2});
    EXPECT_EQ(fetches_, 1);
    EXPECT_EQ((*pages.next())->position, Position{3});
    EXPECT_EQ(fetches_, 2);
    EXPECT_EQ(pages.next(), nullptr);
}

TEST_F(CursorTest, an_error_alone_needs_no_source) {
    EventCursor broken{Error{StoreError::io, "no such disk"}};
    const auto* element = broken.next();
    ASSERT_NE(element, nullptr);
    ASSERT_FALSE(*element);
    EXPECT_EQ(element->error().message(), "no such disk");
    EXPECT_EQ(broken.next(), nullptr);
    EXPECT_EQ(broken.next(), nullptr);
}

TEST_F(CursorTest, a_moved_cursor_goes_on_where_it_was) {
    auto first = cursor({{1, 2}, {3}});
    ASSERT_NE(first.next(), nullptr);
    EXPECT_EQ(elements(std::move(first)), (Elements{2, 3}));
}

}  // namespace
}  // namespace mainstem
