// Reading while others write: answers are of one moment, before a commit or after it, of one build
// or of the next. Nothing here depends on how the threads are interleaved.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mainstem/testing/contract/threads.hpp>
#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class SharingContract : public ModelStoreContract<Backend> {
protected:
    static constexpr std::uint64_t rounds = 100;

    /// Ten documents that all say `n`.
    static std::vector<DocumentChange> ten(std::uint64_t n) {
        std::vector<DocumentChange> changes;
        for (int i = 0; i < 10; ++i) {
            changes.push_back(put(std::to_string(i), "{\"n\":" + std::to_string(n) + "}"));
        }
        return changes;
    }
    /// The least and the largest of them.
    static DocumentQuery extremes() {
        return {.collection = "people",
                .aggregates = {{Aggregate::Function::min, "n", "low"},
                               {Aggregate::Function::max, "n", "high"}}};
    }
    /// Fails unless these are the ten of the answer's position.
    static void expect_ten(const Found& found) {
        if (found.as_of == Position{}) return;
        ASSERT_EQ(found.documents.size(), 10U) << "as of " << found.as_of;
        const auto json = "{\"n\":" + std::to_string(found.as_of.value) + "}";
        for (const auto& document : found.documents) {
            ASSERT_EQ(document.json, json);
            ASSERT_EQ(document.version, found.as_of);
        }
    }
};
TYPED_TEST_SUITE_P(SharingContract);

TYPED_TEST_P(SharingContract, answers_are_of_one_commit) {
    Leader leader{this->model(), people({{"by_n", {"n"}, false, {}}})};
    const auto other = this->another();
    const auto write = [&](std::size_t) {
        for (std::uint64_t i = 1; i <= this->rounds; ++i) leader.commit(this->ten(i)).value();
    };
    std::vector<Position> seen(2);
    const auto watch = [&](std::size_t watcher) {
        const auto& model = watcher == 0 ? this->model() : *other;
        const auto found = model.find({.collection = "people"}).value();
        this->expect_ten(found);
        EXPECT_GE(found.as_of, seen[watcher]) << "it goes back";
        seen[watcher] = found.as_of;
        const auto sums = model.find(this->extremes()).value();
        if (sums.as_of != Position{}) {
            const auto n = std::to_string(sums.as_of.value);
            EXPECT_EQ(sums.documents.at(0).json, "{\"low\":" + n + ",\"high\":" + n + "}");
        }
        const auto one = model.get("people", "3", 0).value();
        if (!one) return;
        EXPECT_EQ(one->json, "{\"n\":" + std::to_string(one->version.value) + "}");
    };
    contract::run_watched(1, write, watch);
    EXPECT_EQ(this->model().find({.collection = "people"}).value().as_of, Position{this->rounds});
}

TYPED_TEST_P(SharingContract, numbers_and_positions_agree) {
    Leader leader{this->model(), people()};
    const auto other = this->another();
    const auto write = [&](std::size_t) {
        for (std::uint64_t i = 1; i <= this->rounds; ++i) {
            auto commit = leader.next({put(std::to_string(i))});
            commit.set_aside = {{commit.to, "bad", {}}};
            leader.commit(commit).value();
        }
    };
    const auto watch = [&](std::size_t watcher) {
        const auto& model = watcher == 0 ? this->model() : *other;
        const auto info = model.collections().value().at(0);
        EXPECT_EQ(info.documents, info.position.value);
        const auto record = model.projections().value().at(0);
        EXPECT_EQ(record.dead_letters, record.position.value);
        const auto plan = model.explain({.collection = "people"}).value();
        EXPECT_GE(plan.found, info.documents);
        EXPECT_GE(model.dead_letters("people", {}, 1'000).value().size(), info.documents);
    };
    contract::run_watched(1, write, watch);
    EXPECT_EQ(documents_of(this->model()).size(), this->rounds);
}

TYPED_TEST_P(SharingContract, a_build_takes_the_place_at_once) {
    Leader leader{this->model(), people()};
    leader.commit(this->ten(1)).value();
    const auto other = this->another();
    const auto write = [&](std::size_t) {
        for (std::uint32_t version = 2; version <= 30; ++version) {
            const auto build =
                this->model().begin_build(people({}, version), leader.epoch()).value();
            leader.goes_on_with(build);
            auto commit = leader.next();
            commit.to = Position{version - 1U};
            leader.commit(commit).value();
            leader.commit(this->ten(version)).value();
            this->model().finish_build("people", build.generation, leader.epoch()).value();
        }
    };
    const auto watch = [&](std::size_t watcher) {
        const auto& model = watcher == 0 ? this->model() : *other;
        const auto found = model.find({.collection = "people"}).value();
        ASSERT_NE(found.as_of, Position{}) << "a build is served that is not finished";
        this->expect_ten(found);
        const auto one = model.get("people", "3", 0).value();
        ASSERT_TRUE(one);
        EXPECT_EQ(one->json, "{\"n\":" + std::to_string(one->version.value) + "}");
        EXPECT_GE(one->version, found.as_of);
        EXPECT_EQ(model.collections().value().at(0).documents, 10U);
    };
    contract::run_watched(1, write, watch);
    EXPECT_EQ(serving(this->model()).declaration.version, 30U);
}

TYPED_TEST_P(SharingContract, projections_are_written_beside_each_other) {
    constexpr std::size_t writers = 4;
    contract::run_together(writers, [&](std::size_t number) {
        const auto name = "projection-" + std::to_string(number);
        const auto model = this->another();
        Leader leader{*model, {.name = name, .collections = {{name}}}};
        for (std::uint64_t i = 1; i <= 25; ++i) {
            leader.commit({{name, {.id = std::to_string(i), .json = "{}"}}}).value();
        }
    });
    const auto infos = this->model().collections().value();
    ASSERT_EQ(infos.size(), writers);
    for (const auto& info : infos) {
        EXPECT_EQ(info.documents, 25U);
        EXPECT_EQ(info.position, Position{25});
    }
}

REGISTER_TYPED_TEST_SUITE_P(SharingContract, answers_are_of_one_commit, numbers_and_positions_agree,
                            a_build_takes_the_place_at_once,
                            projections_are_written_beside_each_other);

}  // namespace mainstem::testing::model_contract
