// The command bus: commands by name and JSON, of all types through one entry, counted by type.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/bus.hpp>
#include <mainstem/testing/faulty_store.hpp>

#include "support/bank.hpp"

namespace mainstem {
namespace {

using bank::Rejected;

struct OpenAccount {
    static constexpr auto command_type = "OpenAccount";
    std::string account;

    Streams streams() const { return {account}; }
    bank::Decision handle(const bank::Balances& balances) const {
        return bank::Open{account}.handle(balances);
    }
};
struct PayIn {
    static constexpr auto command_type = "PayIn";
    std::string account;
    bank::Money amount;

    Streams streams() const { return {account}; }
    bank::Decision handle(const bank::Balances& balances) const {
        return bank::Deposit{account, amount}.handle(balances);
    }
};

/// Counts how often it was decided.
struct Tick {
    static constexpr auto command_type = "Tick";
    static inline int decided = 0;

    Streams streams() const { return {"ticks"}; }
    Decision<bank::Opened> handle(const bank::Balances&) const {
        ++decided;
        return {{"ticks", bank::Opened{std::to_string(decided)}}};
    }
};

class BusTest : public ::testing::Test {
protected:
    BusTest() {
        bus_.add<OpenAccount>();
        bus_.add<PayIn>();
    }
    std::string error_of(const CommandMessage& message) {
        const auto answer = bus_.send(message);
        if (answer) return "none";
        std::ostringstream text;
        text << answer.error();
        return text.str();
    }

    Store store_ = Store::open("memory:").value();
    CommandBus bus_{Executor{store_}};
};

TEST_F(BusTest, executes_commands_by_name_and_json) {
    EXPECT_EQ(bus_.send({"OpenAccount", R"({"account":"ada"})"}).value().position, Position{1});
    const CommandOptions options{.id = EventId::generate()};
    EXPECT_FALSE(bus_.send({"PayIn", R"({"account":"ada","amount":5})", options}).value().repeated);
    EXPECT_TRUE(bus_.send({"PayIn", R"({"account":"ada","amount":5})", options}).value().repeated);
    EXPECT_EQ(bus_.send(PayIn{"ada", 7}).value().position, Position{3});
    EXPECT_EQ(bus_.send(PayIn{"bob", 7}).error(), Rejected::no_such_account);
}

TEST_F(BusTest, says_what_it_does_not_know_and_what_does_not_fit) {
    EXPECT_EQ(error_of({"OpenAcount"}),
              "no command \"OpenAcount\" is registered; there are: OpenAccount, PayIn");
    EXPECT_EQ(bus_.send({"x"}).error(), ExecutionError::unknown_command);
    EXPECT_EQ(error_of({"PayIn", R"({"account":"ada"})"}),
              "command \"PayIn\": field \"amount\": expected an integer from "
              "-9223372036854775808 to 9223372036854775807, found nothing");
    EXPECT_EQ(bus_.send({"PayIn", "5"}).error(), ExecutionError::invalid_command);
    EXPECT_EQ(error_of({"PayIn", R"({"account":"ada","amount":1})"}), "rejected: no_such_account");
    EXPECT_EQ(bus_.send({"PayIn", R"({"account":"ada","amount":1})"}).error(),
              std::string{"no_such_account"});
    CommandBus empty{Executor{store_}};
    EXPECT_EQ(empty.send({"x"}).error().error().message(),
              "no command \"x\" is registered; there are: none");
    EXPECT_EQ(empty.send(PayIn{"ada", 1}).error(), ExecutionError::unknown_command);
}

TEST_F(BusTest, answers_later) {
    std::promise<MessageResult> answer;
    bus_.async_send({"OpenAccount", R"({"account":"ada"})"},
                    [&](MessageResult result) { answer.set_value(std::move(result)); });
    EXPECT_EQ(answer.get_future().get().value().position, Position{1});
    std::promise<MessageResult> refused;
    bus_.async_send({"Unknown"},
                    [&](MessageResult result) { refused.set_value(std::move(result)); });
    EXPECT_FALSE(refused.get_future().get());
}

TEST_F(BusTest, answers_later_in_the_words_of_a_known_type) {
    std::promise<CommandResult<OpenAccount>> opened;
    bus_.async_send(OpenAccount{"ada"}, [&](CommandResult<OpenAccount> answer) {
        opened.set_value(std::move(answer));
    });
    EXPECT_EQ(opened.get_future().get().value().position, Position{1});
    std::promise<CommandResult<PayIn>> paid;
    bus_.async_send(PayIn{"bob", 5},
                    [&](CommandResult<PayIn> answer) { paid.set_value(std::move(answer)); });
    EXPECT_EQ(paid.get_future().get().error(), Rejected::no_such_account);
    const CommandMessage message{"PayIn", R"({"account":"ada","amount":1})"};
    std::promise<bool> generic;
    bus_.async_send(message, [&](const auto& answer) { generic.set_value(answer.has_value()); });
    EXPECT_TRUE(generic.get_future().get());
    const auto stats = bus_.stats();
    EXPECT_EQ(stats.at(0).accepted, 1U);
    EXPECT_EQ(stats.at(1).accepted, 1U);
    EXPECT_EQ(stats.at(1).rejected, 1U);

    CommandBus empty{Executor{store_}};
    std::promise<CommandResult<PayIn>> unknown;
    empty.async_send(PayIn{"ada", 5},
                     [&](CommandResult<PayIn> answer) { unknown.set_value(std::move(answer)); });
    EXPECT_EQ(unknown.get_future().get().error(), ExecutionError::unknown_command);
}

TEST_F(BusTest, executes_a_mixed_batch) {
    const auto answers = bus_.send_all({{"OpenAccount", R"({"account":"ada"})"},
                                        {"Unknown"},
                                        {"PayIn", R"({"account":"ada","amount":1})"},
                                        {"PayIn", R"({"account":"bob","amount":1})"},
                                        {"PayIn", "{}"}});
    ASSERT_EQ(answers.size(), 5U);
    EXPECT_EQ(answers[0].value().position, Position{1});
    EXPECT_EQ(answers[1].error(), ExecutionError::unknown_command);
    EXPECT_EQ(answers[2].value().position, Position{2});
    EXPECT_EQ(answers[3].error(), std::string{"no_such_account"});
    EXPECT_EQ(answers[4].error(), ExecutionError::invalid_command);
}

TEST_F(BusTest, counts_and_times_each_type) {
    static_cast<void>(bus_.send_all({{"OpenAccount", R"({"account":"ada"})"}, {"PayIn", "{}"}}));
    static_cast<void>(bus_.send({"PayIn", R"({"account":"bob","amount":1})"}));
    static_cast<void>(bus_.send(PayIn{"ada", 1}));
    const auto stats = bus_.stats();
    ASSERT_EQ(stats.size(), 2U);
    EXPECT_EQ(stats[0].type, "OpenAccount");
    EXPECT_EQ(stats[0].accepted, 1U);
    EXPECT_EQ(stats[1].accepted, 1U);
    EXPECT_EQ(stats[1].rejected, 1U);
    EXPECT_EQ(stats[1].failed, 1U);
    EXPECT_EQ(stats[1].duration.count(), 3U);
}

TEST(Bus, decides_a_thousand_messages_at_most_before_they_are_appended) {
    const auto memory = Store::open("memory:").value();
    std::vector<int> decided;
    const auto note = [&](const testing::AppendCall& call) {
        if (call.number % 1000 == 1) decided.push_back(Tick::decided);
    };
    CommandBus bus{Executor{Store{std::make_shared<testing::FaultyStore>(
        memory, testing::FaultyOptions{.before_append = note})}}};
    bus.add<Tick>();
    const auto answers = bus.send_all(std::vector<CommandMessage>(2500, {"Tick"}));
    EXPECT_EQ(decided, (std::vector<int>{1000, 2000, 2500}));
    ASSERT_EQ(answers.size(), 2500U);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        ASSERT_TRUE(answers[i]) << answers[i].error();
        EXPECT_EQ(answers[i]->position, Position{i + 1});
    }
}

}  // namespace
}  // namespace mainstem
