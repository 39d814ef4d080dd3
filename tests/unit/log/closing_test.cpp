// A store closes with its last handle, whoever lets go of it.
#include <latch>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

/// Says when the last copy of it is gone.
class Token {
public:
    explicit Token(std::latch& gone) : gone_(&gone) {}
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() { gone_->count_down(); }

private:
    std::latch* gone_;
};

class Closing : public LogTest {
protected:
    /// With its own threads. `closed` is told when nothing of it is left.
    std::shared_ptr<LogStore> open_with_threads(std::latch& closed) {
        LogConfig wanted = config();
        wanted.helper_thread = true;
        wanted.on_notice = [token = std::make_shared<Token>(closed)](std::string_view) {};
        return LogStore::open(directory, wanted).value();
    }
};

TEST_F(Closing, may_begin_in_a_callback) {
    std::latch closed{1};
    auto threaded = open_with_threads(closed);
    LogStore& there = *threaded;
    there.async_append(one_event("a"),
                       [kept = std::move(threaded)](const Result<Appended>& answer) {
                           EXPECT_TRUE(answer.has_value());
                       });
    closed.wait();
    open_writer();
    EXPECT_EQ(store->head().value(), Position{1});
}

TEST_F(Closing, answers_what_callbacks_append_meanwhile) {
    std::latch closed{1};
    int answered = 0;
    auto threaded = open_with_threads(closed);
    std::function<void(const Result<Appended>&)> again =
        [&, there = threaded.get()](const Result<Appended>& answer) {
            EXPECT_TRUE(answer.has_value());
            if (++answered < 100) there->async_append(one_event("a"), again);
        };
    threaded->async_append(one_event("a"), again);
    threaded.reset();
    closed.wait();
    EXPECT_EQ(answered, 100);
    open_writer();
    EXPECT_EQ(store->head().value(), Position{100});
}

}  // namespace
}  // namespace mainstem::log
