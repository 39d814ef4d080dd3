// Reading typed events: what is made of a cursor's events, and of those that cannot be read.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>
#include <mainstem/store/typed_events.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Deposited;
using bank::Opened;

class TypedEventsTest : public ::testing::Test {
protected:
    TypedEventsTest() {
        store_.append("ada", encode(Opened{"ada"}).value()).value();
        store_.append("ada", {"Renamed", "{}"}).value();
        store_.append("ada", encode(Deposited{"ada", 5}).value()).value();
        store_.append("ada", {"MoneyDeposited", "no JSON"}).value();
        store_.append("ada", encode(Deposited{"ada", 7}).value()).value();
    }
    /// The version and type of each event, the code of an error.
    static std::vector<std::string> texts(TypedEvents<bank::Event>& events) {
        std::vector<std::string> all;
        for (const auto& entry : events) {
            all.push_back(entry ? std::to_string(entry->view.version.value) + ' ' +
                                      std::string{entry->view.type}
                                : std::string{entry.error().code_name()});
        }
        return all;
    }
    Store store_ = Store::open("memory:").value();
};

TEST_F(TypedEventsTest, end_with_what_cannot_be_read) {
    auto events = read_as<bank::Event>(store_.read("ada"));
    EXPECT_EQ(texts(events), (std::vector<std::string>{"1 AccountOpened", "unknown_type"}));
    EXPECT_EQ(events.next(), nullptr);
    EXPECT_EQ(events.skipped(), 0U);
}

TEST_F(TypedEventsTest, pass_over_what_cannot_be_read_and_count_it) {
    auto events = read_as<bank::Event>(store_.read("ada"), OnUnreadable::skip);
    EXPECT_EQ(texts(events), (std::vector<std::string>{"1 AccountOpened", "3 MoneyDeposited",
                                                       "5 MoneyDeposited"}));
    EXPECT_EQ(events.skipped(), 2U);
    EXPECT_EQ(events.next(), nullptr);
}

TEST_F(TypedEventsTest, do_not_pass_over_an_error_of_the_store) {
    const Store faulty{std::make_shared<testing::FaultyStore>(
        store_, testing::FaultyOptions{.faults = {{.call = testing::CallKind::read,
                                                   .at = 1,
                                                   .error = StoreError::damaged,
                                                   .after_events = 4}}})};
    auto events = read_as<bank::Event>(faulty.read("ada"), OnUnreadable::skip);
    EXPECT_EQ(texts(events),
              (std::vector<std::string>{"1 AccountOpened", "3 MoneyDeposited", "damaged"}));
    EXPECT_EQ(events.skipped(), 2U);
}

}  // namespace
}  // namespace mainstem
