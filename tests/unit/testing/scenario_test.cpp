// Scenarios of commands: which events a command reads, and the exact words where one does not hold.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/testing/scenario.hpp>

#include "support/bank.hpp"

namespace mainstem::testing {
namespace {

using bank::Balances;
using bank::Deposited;
using bank::Open;
using bank::Opened;
using bank::Rejected;
using bank::Transfer;
using bank::Withdrawn;

/// What a scenario that does not hold says, without its file and line.
template <class Check>
std::string failure_of(Check check) {
    try {
        check();
    } catch (const ScenarioFailure& failure) {
        const std::string_view text = failure.what();
        EXPECT_NE(text.find("scenario_test.cpp:"), std::string_view::npos) << text;
        return std::string{text.substr(text.find(": ") + 2)};
    }
    return "it holds";
}

const Scenario accounts = given(Opened{"ada"}, Opened{"bob"}, Deposited{"ada", 30});

TEST(Scenario, that_holds_says_nothing) {
    accounts.when(Transfer{"ada", "bob", 30}).then(Withdrawn{"ada", 30}, Deposited{"bob", 30});
    accounts.when(Transfer{"ada", "bob", 31}).then(Rejected::overdraft);
    accounts.when(Transfer{"ada", "eve", 1}).then(Rejected::no_such_account);
    accounts.when(Open{"ada"}).then_nothing();
    given().when(Open{"ada"}).then(at("ada", Opened{"ada"}));
}

TEST(Scenario, events_may_be_of_the_domain_s_variant) {
    const bank::Event opened = Opened{"ada"};
    given(opened).when(Open{"ada"}).then_nothing();
    given().when(Open{"ada"}).then(opened);
}

struct OneAccount {
    bool open = false;
    bank::Money balance = 0;

    void apply(const Opened& /*event*/) { open = true; }
    void apply(const Deposited& e) { balance += e.amount; }
    void apply(const Withdrawn& e) { balance -= e.amount; }
};
struct PayByStream {
    std::string from;
    std::string to;

    [[nodiscard]] Streams streams() const { return {from, to}; }
    [[nodiscard]] bank::Decision handle(const ByStream<OneAccount>& all) const {
        if (!all[to].open) return Rejected::no_such_account;
        if (all[from].balance < 1) return Rejected::overdraft;
        return {{from, Withdrawn{from, 1}}, {to, Deposited{to, 1}}};
    }
};

TEST(Scenario, states_by_stream_take_events_at_their_streams) {
    const auto two =
        given(at("ada", Opened{"ada"}), at("bob", Opened{"bob"}), at("ada", Deposited{"ada", 1}));
    two.when(PayByStream{"ada", "bob"}).then(Withdrawn{"ada", 1}, Deposited{"bob", 1});
    two.when(PayByStream{"bob", "ada"}).then(Rejected::overdraft);
    two.when(PayByStream{"ada", "eve"}).then(Rejected::no_such_account);
    EXPECT_EQ(
        failure_of([] { given(Opened{"ada"}).when(PayByStream{"ada", "bob"}).then_nothing(); }),
        "the command has a state for each stream: say of which one AccountOpened is, by "
        "at(\"stream\", event)");
}

TEST(Scenario, failure_begins_with_the_place_of_when) {
    const auto where = std::source_location::current();
    const auto transfer = accounts.when(Transfer{"ada", "bob", 31});
    try {
        transfer.then_nothing();
        FAIL();
    } catch (const ScenarioFailure& failure) {
        const auto place =
            std::string{where.file_name()} + ":" + std::to_string(where.line() + 1) + ": ";
        EXPECT_TRUE(std::string_view{failure.what()}.starts_with(place)) << failure.what();
    }
}

TEST(Scenario, differing_events_are_marked_with_their_fields) {
    EXPECT_EQ(failure_of([] {
                  accounts.when(Transfer{"ada", "bob", 30})
                      .then(at("ada", Withdrawn{"ada", 30}), at("ada", Deposited{"bob", 29}));
              }),
              R"(decided other events than expected (-: expected, +: decided):
    ada: MoneyWithdrawn {"account":"ada","amount":30}
  - ada: MoneyDeposited {"account":"bob","amount":29}
  + bob: MoneyDeposited {"account":"bob","amount":30}
  ?   stream: expected ada, decided bob
  ?   field "amount": expected number 29, decided number 30)");
}

TEST(Scenario, missing_and_surplus_events_leave_their_neighbours_alone) {
    EXPECT_EQ(
        failure_of([] { accounts.when(Transfer{"ada", "bob", 30}).then(Deposited{"bob", 30}); }),
        R"(decided other events than expected (-: expected, +: decided):
  + ada: MoneyWithdrawn {"account":"ada","amount":30}
    bob: MoneyDeposited {"account":"bob","amount":30})");
    EXPECT_EQ(
        failure_of([] { given().when(Open{"ada"}).then(Opened{"ada"}, Deposited{"ada", 1}); }),
        R"(decided other events than expected (-: expected, +: decided):
    ada: AccountOpened {"account":"ada"}
  - MoneyDeposited {"account":"ada","amount":1})");
}

TEST(Scenario, order_counts) {
    EXPECT_EQ(failure_of([] {
                  accounts.when(Transfer{"ada", "bob", 30})
                      .then(Deposited{"bob", 30}, Withdrawn{"ada", 30});
              }),
              R"(decided other events than expected (-: expected, +: decided):
  - MoneyDeposited {"account":"bob","amount":30}
    ada: MoneyWithdrawn {"account":"ada","amount":30}
  + bob: MoneyDeposited {"account":"bob","amount":30})");
}

TEST(Scenario, rejections_are_shown_by_name) {
    EXPECT_EQ(
        failure_of([] { accounts.when(Transfer{"ada", "bob", 31}).then(Withdrawn{"ada", 31}); }),
        "expected events:\n"
        "  - MoneyWithdrawn {\"account\":\"ada\",\"amount\":31}\n"
        "rejected: overdraft");
    EXPECT_EQ(failure_of([] {
                  accounts.when(Transfer{"ada", "bob", 31}).then(Rejected::no_such_account);
              }),
              "expected rejection: no_such_account, rejected: overdraft");
    EXPECT_EQ(failure_of([] { accounts.when(Open{"eve"}).then(Rejected::overdraft); }),
              "expected rejection: overdraft, decided events:\n"
              "  + eve: AccountOpened {\"account\":\"eve\"}");
    EXPECT_EQ(failure_of([] { accounts.when(Open{"ada"}).then(Rejected::overdraft); }),
              "expected rejection: overdraft, decided nothing");
}

TEST(Scenario, nothing_is_not_events) {
    EXPECT_EQ(failure_of([] { accounts.when(Open{"eve"}).then_nothing(); }),
              "expected nothing to record, decided events:\n"
              "  + eve: AccountOpened {\"account\":\"eve\"}");
    EXPECT_EQ(failure_of([] { accounts.when(Transfer{"ada", "bob", 31}).then_nothing(); }),
              "expected nothing to record, rejected: overdraft");
    EXPECT_EQ(failure_of([] { accounts.when(Open{"ada"}).then(Opened{"ada"}); }),
              "expected events:\n  - AccountOpened {\"account\":\"ada\"}\ndecided nothing");
}

// --- what a command reads

/// Writes to a stream that it does not declare.
struct Stray {
    Streams streams() const { return {"here"}; }
    bank::Decision handle(const Balances&) const { return {{"there", Opened{"eve"}}}; }
};

TEST(Scenario, writes_only_to_declared_streams) {
    EXPECT_EQ(failure_of([] { given().when(Stray{}).then(Opened{"eve"}); }),
              "the command decided AccountOpened for stream \"there\", which it does not declare; "
              "add it to `streams()`");
}

TEST(Scenario, events_of_other_streams_are_not_read) {
    const auto elsewhere = given(at("ada", Opened{"ada"}), at("eve", Opened{"bob"}));
    elsewhere.when(Open{"ada"}).then_nothing();
    elsewhere.when(Open{"bob"}).then(Opened{"bob"});
}

struct Unknown {
    static constexpr auto event_type = "Unknown";
};

TEST(Scenario, event_that_the_command_does_not_know_is_an_error) {
    EXPECT_EQ(failure_of([] { given(Unknown{}).when(Open{"ada"}).then_nothing(); }),
              "position 1, stream \"given\", type \"Unknown\": no such event is known here");
}

struct Linked {
    static constexpr auto event_type = "Linked";
    std::string to;
};
struct Chain {
    std::set<std::string> seen = {};
    void apply(const Linked& e) { seen.insert(e.to); }
};
/// Follows links from "a"; with an end of their own if they never end.
struct Follow {
    bool forever = false;
    Streams streams() const { return {"a"}; }
    Streams discover(const Chain& chain) const {
        Streams more;
        for (const auto& stream : chain.seen) more.add(stream);
        if (forever) more.add("next " + std::to_string(++rounds));
        return more;
    }
    mainstem::Decision<Linked> handle(const Chain& chain) const {
        return {{"c", Linked{std::to_string(chain.seen.size())}}};
    }
    mutable int rounds = 0;
};

TEST(Scenario, discovers_streams_as_an_executor_does) {
    const auto links = given(at("x", Linked{"y"}), at("b", Linked{"c"}), at("a", Linked{"b"}));
    links.when(Follow{}).then(at("c", Linked{"2"}));
    EXPECT_EQ(failure_of([&] { links.when(Follow{.forever = true}).then_nothing(); }),
              "the command discovers more and more streams");
}

struct Taken {
    static constexpr auto event_type = "Taken";
    std::string name;
    auto tags() const { return std::vector{"name:" + name}; }
};
struct Names {
    std::size_t taken = 0;
    void apply(const Taken&) { ++taken; }
};
enum class No : std::uint8_t { taken = 7 };
struct Take {
    std::string name;
    EventQuery query() const {
        return QueryItem{.types = {"Taken"}, .tags = {"name:" + name}, .stream_prefix = {}};
    }
    mainstem::Decision<Taken, No> handle(const Names& names) const {
        if (names.taken > 0) return No::taken;
        return {{"name-" + name, Taken{name}}};
    }
};

TEST(Scenario, query_reads_what_matches) {
    const auto names = given(Taken{"ada"}, at("anywhere", Taken{"bob"}));
    names.when(Take{"ada"}).then(No::taken);
    names.when(Take{"bob"}).then(No::taken);
    names.when(Take{"eve"}).then(at("name-eve", Taken{"eve"}));
    EXPECT_EQ(failure_of([&] { names.when(Take{"ada"}).then(Taken{"ada"}); }),
              "expected events:\n  - Taken {\"name\":\"ada\"} [name:ada]\nrejected: reason 7");
}

// --- stored forms

struct Reading {
    int celsius = 0;
    std::optional<std::string> note;
};
struct Measured {
    static constexpr auto event_type = "Measured";
    Reading reading;
    std::vector<std::string> by;
    double factor = 1;
};
struct Nothing {
    void apply(const Measured&) {}
};
struct Measure {
    Measured result;
    Streams streams() const { return {"m"}; }
    mainstem::Decision<Measured> handle(const Nothing&) const { return {{"m", result}}; }
};

TEST(Scenario, marks_fields_within_fields) {
    Measure measure;
    measure.result.reading = {3, "x"};
    measure.result.by = {"ada", "bob"};
    EXPECT_EQ(failure_of(
                  [&] { given().when(measure).then(Measured{.reading = {4, {}}, .by = {"ada"}}); }),
              R"(decided other events than expected (-: expected, +: decided):
  - Measured {"reading":{"celsius":4},"by":["ada"],"factor":1}
  + m: Measured {"reading":{"celsius":3,"note":"x"},"by":["ada","bob"],"factor":1}
  ?   field "reading.celsius": expected number 4, decided number 3
  ?   field "reading.note": expected nothing, decided text "x"
  ?   field "by.1": expected nothing, decided text "bob")");
}

struct Packed {
    static constexpr auto event_type = "Packed";
    static constexpr unsigned event_version = 2;
    std::string bytes;
    struct Before {
        static constexpr auto event_type = "Packed";
        std::string text;
    };
    static Packed upcast(const Before& before) { return {before.text}; }
};
struct Last {
    std::string bytes;
    void apply(const Packed& e) { bytes = e.bytes; }
};
struct Pack {
    Streams streams() const { return {"p"}; }
    mainstem::Decision<Packed> handle(const Last& last) const {
        return {{"p", Packed{last.bytes}}};
    }
};

}  // namespace
}  // namespace mainstem::testing

template <>
struct mainstem::Codec<mainstem::testing::Packed> {
    static constexpr std::string_view content_type = "application/octet-stream";
    static Result<void> encode(const testing::Packed& event, std::string& data) {
        data += event.bytes;
        return {};
    }
    static Result<void> decode(std::string_view data, testing::Packed& event) {
        event.bytes = data;
        return {};
    }
};

namespace mainstem::testing {
namespace {

TEST(Scenario, older_versions_can_be_given_and_bytes_are_shown) {
    given(Packed::Before{"ada"}).when(Pack{}).then(Packed{"ada"});
    EXPECT_EQ(failure_of([] { given(Packed{"abc"}).when(Pack{}).then(Packed{"ab"}); }),
              R"(decided other events than expected (-: expected, +: decided):
  - Packed (version 2) 2 bytes: 61 62
  + p: Packed (version 2) 3 bytes: 61 62 63
  ?   byte 2: expected the end, decided 63)");
}

}  // namespace
}  // namespace mainstem::testing
