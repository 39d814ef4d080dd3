// The model that fails as it is told to: which calls fail, and what they leave behind.
#include <gtest/gtest.h>

#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/testing/faulty_model.hpp>

namespace mainstem::testing {
namespace {

class FaultyModelTest : public ::testing::Test {
protected:
    void begin(std::vector<ModelFault> faults) {
        model_ = std::make_unique<FaultyModel>(
            inner_, FaultyModelOptions{.faults = std::move(faults), .seed = 7});
        ASSERT_TRUE(inner_->declare({.name = "people", .collections = {{.name = "people"}}}));
        lead_ = inner_->try_lead("people").value();
    }
    Result<void> commit(std::uint64_t from, std::uint64_t to) {
        return model_->commit({.projection = "people",
                               .generation = 1,
                               .epoch = lead_->epoch(),
                               .from = Position{from},
                               .to = Position{to}});
    }
    Position stored() { return inner_->projection("people").value().position; }

    std::shared_ptr<ModelStore> inner_ = open_memory_model();
    std::unique_ptr<FaultyModel> model_;
    std::unique_ptr<Lead> lead_;
};

TEST_F(FaultyModelTest, without_faults_it_forwards_and_counts) {
    begin({});
    EXPECT_TRUE(commit(0, 3));
    EXPECT_TRUE(model_->get("people", "a", 0));
    EXPECT_TRUE(model_->find({.collection = "people"}));
    EXPECT_EQ(stored(), Position{3});
    EXPECT_EQ(model_->counts(), (ModelCalls{.commits = 1, .gets = 1, .finds = 1}));
}

TEST_F(FaultyModelTest, a_commit_fails_before_it_takes_effect) {
    begin({{.at = 2}});
    EXPECT_TRUE(commit(0, 1));
    const auto refused = commit(1, 2);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error() == ReadModelError::failed) << refused.error();
    EXPECT_EQ(refused.error().message(), "commit 2: failed, chosen by the test");
    EXPECT_EQ(stored(), Position{1});
    EXPECT_TRUE(commit(1, 2));
    EXPECT_EQ(model_->counts().faults, 1U);
}

TEST_F(FaultyModelTest, a_commit_fails_after_it_took_effect) {
    begin({{.at = 1, .stored = true}});
    EXPECT_FALSE(commit(0, 1));
    EXPECT_EQ(stored(), Position{1});
}

TEST_F(FaultyModelTest, what_the_model_refuses_is_answered_as_it_is) {
    begin({{.at = 1, .stored = true}});
    const auto refused = commit(5, 6);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error() == ReadModelError::fenced) << refused.error();
}

TEST_F(FaultyModelTest, each_kind_is_counted_by_itself) {
    begin({{.call = ModelCall::get, .at = 2}, {.call = ModelCall::find, .at = 1}});
    EXPECT_TRUE(model_->get("people", "a", 0));
    EXPECT_FALSE(model_->find({.collection = "people"}));
    EXPECT_FALSE(model_->get("people", "a", 0));
    EXPECT_TRUE(model_->get("people", "a", 0));
}

TEST_F(FaultyModelTest, any_counts_all_kinds_together) {
    begin({{.call = ModelCall::any, .at = 2}});
    EXPECT_TRUE(model_->projections());
    EXPECT_FALSE(commit(0, 1));
    EXPECT_TRUE(commit(0, 1));
}

TEST_F(FaultyModelTest, a_lead_whose_answer_is_lost_is_free_again) {
    begin({{.call = ModelCall::lead, .at = 1, .stored = true}});
    lead_.reset();
    EXPECT_FALSE(model_->try_lead("people"));
    EXPECT_NE(model_->try_lead("people").value(), nullptr);
}

TEST_F(FaultyModelTest, chances_repeat_with_their_seed_until_it_is_healed) {
    begin({{.call = ModelCall::get, .percent = 50}});
    const FaultyModel other{inner_,
                            {.faults = {{.call = ModelCall::get, .percent = 50}}, .seed = 7}};
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(model_->get("people", "a", 0).has_value(),
                  other.get("people", "a", 0).has_value());
    }
    EXPECT_GT(model_->counts().faults, 20U);
    EXPECT_LT(model_->counts().faults, 80U);
    model_->heal();
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(model_->get("people", "a", 0));
}

}  // namespace
}  // namespace mainstem::testing
