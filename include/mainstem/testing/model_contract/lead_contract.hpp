// Leading and fencing: one writes at a time, and who has lost the lead or the place changes
// nothing.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/threads.hpp>
#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class LeadContract : public ModelStoreContract<Backend> {
protected:
    /// Fails unless the commit is fenced and leaves the model as it is.
    void expect_fenced(const ModelCommit& commit) {
        const auto before = documents_of(this->model());
        const auto position = serving(this->model()).position;
        EXPECT_EQ(code_of(this->model().commit(commit)), "fenced");
        EXPECT_EQ(documents_of(this->model()), before);
        EXPECT_EQ(serving(this->model()).position, position);
        EXPECT_TRUE(this->model().dead_letters("people", {}, 10).value().empty());
    }
};
TYPED_TEST_SUITE_P(LeadContract);

TYPED_TEST_P(LeadContract, one_leads_and_another_after_it) {
    ASSERT_TRUE(this->model().declare(people()));
    auto first = this->model().try_lead("people").value();
    ASSERT_TRUE(first);
    EXPECT_GT(first->epoch(), 0U);
    EXPECT_EQ(serving(this->model()).epoch, first->epoch());
    EXPECT_FALSE(this->model().try_lead("people").value()) << "somebody has it";
    const auto epoch = first->epoch();
    first.reset();
    const auto second = this->model().try_lead("people").value();
    ASSERT_TRUE(second);
    EXPECT_GT(second->epoch(), epoch);
    EXPECT_FALSE(this->model().try_lead("people").value());
    EXPECT_EQ(serving(this->model()).epoch, second->epoch());
}

TYPED_TEST_P(LeadContract, each_projection_has_a_leader_of_its_own) {
    const Leader one{this->model(), people()};
    Leader other{this->model(), {.name = "animals", .collections = {{"animals"}}}};
    EXPECT_TRUE(other.commit({{"animals", {.id = "cat", .json = "{}"}}}));
    EXPECT_EQ(serving(this->model()).position, Position{});
    EXPECT_EQ(serving(this->model(), "animals").position, Position{1});
}

TYPED_TEST_P(LeadContract, handles_on_one_model_share_its_leads) {
    const auto other = this->another();
    {
        Leader leader{this->model(), people()};
        EXPECT_FALSE(other->try_lead("people").value());
        EXPECT_TRUE(leader.commit({put("ada")}));
        EXPECT_EQ(documents_of(*other), documents_of(this->model()));
        EXPECT_EQ(serving(*other).position, Position{1});
    }
    Leader leader{*other, people()};
    EXPECT_TRUE(leader.commit({put("bob")}));
    EXPECT_FALSE(this->model().try_lead("people").value());
    EXPECT_EQ(ids_of(documents_of(this->model())), (std::vector<std::string>{"ada", "bob"}));
}

TYPED_TEST_P(LeadContract, a_lead_may_outlive_the_handle_that_gave_it) {
    auto other = this->another();
    ASSERT_TRUE(other->declare(people()));
    auto lead = other->try_lead("people").value();
    other.reset();
    EXPECT_FALSE(this->model().try_lead("people").value());
    lead.reset();
    EXPECT_TRUE(this->model().try_lead("people").value());
}

TYPED_TEST_P(LeadContract, epochs_grow_when_the_model_was_closed) {
    std::uint64_t last = 0;
    for (int i = 0; i < 3; ++i) {
        {
            const Leader leader{this->model(), people()};
            EXPECT_GT(leader.epoch(), last);
            last = leader.epoch();
        }
        this->reopen();
    }
}

TYPED_TEST_P(LeadContract, who_does_not_lead_writes_nothing) {
    Leader leader{this->model(), people()};
    leader.commit({put("ada", R"({"n":1})")}).value();
    auto commit = leader.next({put("ada", R"({"n":2})"), put("bob")});
    commit.set_aside = {{commit.to, "bad", {}}};
    for (const std::uint64_t epoch : {std::uint64_t{0}, leader.epoch() - 1, leader.epoch() + 1}) {
        auto other = commit;
        other.epoch = epoch;
        this->expect_fenced(other);
    }
    EXPECT_TRUE(leader.commit(commit));
}

TYPED_TEST_P(LeadContract, a_former_leader_writes_nothing) {
    Leader leader{this->model(), people()};
    leader.commit({put("ada")}).value();
    const auto commit = leader.next({put("bob")});
    leader.give_back();
    this->expect_fenced(commit);  // though nobody else has come
    {
        Leader next{this->model(), people()};
        this->expect_fenced(commit);
        next.commit({put("eve")}).value();
        this->expect_fenced(commit);
    }
    this->expect_fenced(commit);
    leader.take_again();
    this->expect_fenced(commit);
}

TYPED_TEST_P(LeadContract, a_commit_goes_on_from_the_stored_position) {
    Leader leader{this->model(), people()};
    leader.commit({put("ada")}).value();
    leader.commit({put("bob")}).value();
    for (const std::uint64_t from : {0U, 1U, 3U}) {
        auto commit = leader.next({put("eve")});
        commit.from = Position{from};
        this->expect_fenced(commit);
    }
    const auto commit = leader.next({put("eve")});
    EXPECT_TRUE(leader.commit(commit));
    this->expect_fenced(commit);  // a second time
    EXPECT_EQ(documents_of(this->model()).size(), 3U);
}

TYPED_TEST_P(LeadContract, a_build_that_is_not_there_is_not_written) {
    Leader leader{this->model(), people()};
    for (const std::uint64_t generation : {0U, 2U, 9U}) {
        auto commit = leader.next({put("eve")});
        commit.generation = generation;
        this->expect_fenced(commit);
    }
}

TYPED_TEST_P(LeadContract, builds_are_for_leaders) {
    Leader leader{this->model(), people()};
    const auto wrong = leader.epoch() + 1;
    EXPECT_EQ(code_of(this->model().begin_build(people({}, 2), wrong)), "fenced");
    EXPECT_EQ(this->model().projections().value().size(), 1U);
    const auto build = this->model().begin_build(people({}, 2), leader.epoch()).value();
    EXPECT_EQ(code_of(this->model().finish_build("people", build.generation, wrong)), "fenced");
    EXPECT_EQ(code_of(this->model().drop_build("people", build.generation, wrong)), "fenced");
    const auto epoch = leader.epoch();
    leader.give_back();
    EXPECT_EQ(code_of(this->model().begin_build(people({}, 2), epoch)), "fenced");
    EXPECT_EQ(code_of(this->model().finish_build("people", build.generation, epoch)), "fenced");
    EXPECT_EQ(code_of(this->model().drop_build("people", build.generation, epoch)), "fenced");
    EXPECT_EQ(this->model().projections().value().size(), 2U);
}

TYPED_TEST_P(LeadContract, of_many_who_try_one_leads_and_no_event_counts_twice) {
    ASSERT_TRUE(this->model().declare(people()));
    constexpr std::uint64_t each = 25;
    constexpr std::uint64_t all = each * 4;
    std::atomic<int> leaders = 0;
    contract::run_together(4, [&](std::size_t) {
        const auto handle = this->another();
        while (serving(*handle).position.value < all) {
            const auto lead = handle->try_lead("people").value();
            if (!lead) {
                std::this_thread::yield();
                continue;
            }
            EXPECT_EQ(++leaders, 1) << "two lead at once";
            const auto record = serving(*handle);
            EXPECT_EQ(record.epoch, lead->epoch());
            if (record.position.value < all) {
                const auto to = record.position.next();
                const auto done = handle->commit(
                    {.projection = "people",
                     .generation = record.generation,
                     .epoch = lead->epoch(),
                     .from = record.position,
                     .to = to,
                     .changes = {{"people", {std::to_string(to.value), to, "{}"}, false}}});
                EXPECT_TRUE(done) << done.error();
            }
            --leaders;
        }
    });
    EXPECT_EQ(documents_of(this->model()).size(), all);
}

REGISTER_TYPED_TEST_SUITE_P(LeadContract, one_leads_and_another_after_it,
                            each_projection_has_a_leader_of_its_own,
                            handles_on_one_model_share_its_leads,
                            a_lead_may_outlive_the_handle_that_gave_it,
                            epochs_grow_when_the_model_was_closed, who_does_not_lead_writes_nothing,
                            a_former_leader_writes_nothing,
                            a_commit_goes_on_from_the_stored_position,
                            a_build_that_is_not_there_is_not_written, builds_are_for_leaders,
                            of_many_who_try_one_leads_and_no_event_counts_twice);

}  // namespace mainstem::testing::model_contract
