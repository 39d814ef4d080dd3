// The asynchronous form: each callback exactly once, with the answer that append would give.
#pragma once

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/answers.hpp>
#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class AsyncContract : public StoreContract<Backend> {};
TYPED_TEST_SUITE_P(AsyncContract);

TYPED_TEST_P(AsyncContract, an_append_is_answered_as_the_blocking_one) {
    Answers answers;
    auto request = request_for({"a", "b", "a"});
    request.expect = {{"a", Expect::none}};
    this->store().async_append(request, answers.slot(0));
    const auto answer = answers.wait_for(1).at(0);
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->first, Position{1});
    EXPECT_EQ(answer->position, Position{3});
    EXPECT_EQ(answer->versions, (std::vector<StreamVersion>{{"a", Version{2}}, {"b", Version{1}}}));
    EXPECT_EQ(answer->durability, Durability::flushed);
    EXPECT_EQ(this->store().head().value(), Position{3}) << "visible when answered";
}

TYPED_TEST_P(AsyncContract, refusals_and_repeats_come_by_the_callback) {
    const auto request = request_for({"a"});
    this->store().append(request).value();
    auto conflicting = request_for({"a"});
    conflicting.expect = {{"a", Expect::none}};
    auto reused = request;
    reused.events[0].event.data = "other";

    Answers answers;
    this->store().async_append(request, answers.slot(0));
    this->store().async_append(conflicting, answers.slot(1));
    this->store().async_append(reused, answers.slot(2));
    this->store().async_append(request_for({"$a"}), answers.slot(3));
    this->store().async_append(checks({{"a", Version{1}}}), answers.slot(4));
    this->store().async_append(AppendRequest{}, answers.slot(5));
    const auto all = answers.wait_for(6);
    ASSERT_EQ(code_of(all[0]), "");
    EXPECT_TRUE(all[0]->repeated);
    EXPECT_EQ(conflict_of(all[1]).position, Position{1});
    EXPECT_EQ(code_of(all[2]), "id_reused");
    EXPECT_EQ(code_of(all[3]), "invalid");
    for (const auto& check : {all[4], all[5]}) {
        ASSERT_EQ(code_of(check), "");
        EXPECT_EQ(check->position, Position{});
    }
    EXPECT_EQ(this->store().head().value(), Position{1});
}

TYPED_TEST_P(AsyncContract, the_request_may_change_after_the_call) {
    Answers answers;
    for (std::size_t i = 0; i < 20; ++i) {
        auto request = request_for({"a"});
        request.events[0].event.data = std::to_string(i);
        this->store().async_append(request, answers.slot(i));
        request.events[0].event.data.assign(100, 'x');
        request.events.clear();
    }
    answers.wait_for(20);
    const auto events = all_of(this->store().read("a"));
    ASSERT_EQ(events.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(events[i].data, std::to_string(i));
}

TYPED_TEST_P(AsyncContract, one_caller_s_appends_keep_their_order) {
    constexpr std::size_t count = 2'000;
    Answers answers;
    for (std::size_t i = 0; i < count; ++i) {
        auto request = request_for({"stream-" + std::to_string(i % 7), "all"});
        request.expect = {{"all", Version{i}}};
        request.durability = i % 5 == 0 ? Durability::flushed : Durability::buffered;
        this->store().async_append(request, answers.slot(i));
    }
    const auto all = answers.wait_for(count);
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(all[i]) << i << ": " << all[i].error();
        ASSERT_EQ(all[i]->first, Position{2 * i + 1});
    }
    EXPECT_EQ(answers.doubled(), 0U);
    expect_history(history_of(this->store()));
}

TYPED_TEST_P(AsyncContract, each_of_many_callers_keeps_its_order) {
    constexpr std::size_t callers = 8, each = 200;
    std::vector<Answers> answers(callers);
    {
        std::vector<std::jthread> threads;
        for (std::size_t caller = 0; caller < callers; ++caller) {
            threads.emplace_back([&, caller] {
                for (std::size_t i = 0; i < each; ++i) {
                    this->store().async_append(
                        request_for({"caller-" + std::to_string(caller), "all"}),
                        answers[caller].slot(i));
                }
            });
        }
    }
    for (auto& of_caller : answers) {
        const auto all = of_caller.wait_for(each);
        Position last;
        for (const auto& answer : all) {
            ASSERT_TRUE(answer) << answer.error();
            ASSERT_GT(answer->first, last);
            last = answer->position;
        }
        EXPECT_EQ(of_caller.doubled(), 0U);
    }
    const auto history = history_of(this->store());
    EXPECT_EQ(history.size(), 2 * callers * each);
    expect_history(history);
}

TYPED_TEST_P(AsyncContract, a_blocking_append_after_asynchronous_ones_comes_after_them) {
    Answers answers;
    for (std::size_t i = 0; i < 50; ++i) {
        this->store().async_append(request_for({"a"}), answers.slot(i));
    }
    const auto last = add(this->store(), "a");
    EXPECT_EQ(last.position, Position{51});
    answers.wait_for(50);
}

TYPED_TEST_P(AsyncContract, closing_answers_everything_that_was_accepted) {
    constexpr std::size_t count = 500;
    Answers answers;
    for (std::size_t i = 0; i < count; ++i) {
        auto request = request_for({"a"});
        request.durability = i % 2 == 0 ? Durability::flushed : Durability::buffered;
        this->store().async_append(request, answers.slot(i));
    }
    this->close();
    EXPECT_EQ(answers.count(), count) << "the last handle waits for all answers";
    this->open();
    std::size_t stored = 0;
    for (const auto& answer : answers.wait_for(count)) stored += answer.has_value() ? 1 : 0;
    EXPECT_EQ(stored, count);
    EXPECT_EQ(answers.doubled(), 0U);
    EXPECT_EQ(this->store().head().value(), Position{count});
    expect_history(history_of(this->store()));
}

REGISTER_TYPED_TEST_SUITE_P(AsyncContract, an_append_is_answered_as_the_blocking_one,
                            refusals_and_repeats_come_by_the_callback,
                            the_request_may_change_after_the_call,
                            one_caller_s_appends_keep_their_order,
                            each_of_many_callers_keeps_its_order,
                            a_blocking_append_after_asynchronous_ones_comes_after_them,
                            closing_answers_everything_that_was_accepted);

}  // namespace mainstem::testing::contract
