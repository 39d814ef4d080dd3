// Random histories: a backend, the trivial model and the memory backend are asked the same and must
// answer the same. The last judges groups, which the trivial model does not know.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/testing/contract/seeds.hpp>
#include <mainstem/testing/model_contract/fixture.hpp>
#include <mainstem/testing/model_contract/helpers.hpp>
#include <mainstem/testing/model_contract/plain_model.hpp>
#include <mainstem/testing/model_contract/random_documents.hpp>

namespace mainstem::testing::model_contract {

template <ModelBackend Backend>
class RandomDocumentsContract : public ModelStoreContract<Backend> {
protected:
    void run(std::uint64_t seed) {
        begin(seed);
        for (int step = 0; step < 80 && !this->HasFailure(); ++step) {
            SCOPED_TRACE(::testing::Message() << "step " << step);
            write();
            if (random().chance(1, 8)) declare();
            if (random().chance(1, 20)) reopen();
            compare_query();
            compare_pages();
            compare_groups();
        }
        leader_.reset();
        reference_leader_.reset();
    }

private:
    Random& random() { return documents_->random(); }

    void begin(std::uint64_t seed) {
        this->start_over();
        documents_.emplace(seed);
        plain_ = {};
        indexes_.clear();
        reference_ = open_memory_model();
        leader_.emplace(this->model(), people());
        reference_leader_.emplace(*reference_, people());
    }

    void reopen() {
        leader_.reset();
        this->ModelStoreContract<Backend>::reopen();
        leader_.emplace(this->model(), people(indexes_));
    }

    void write() {
        const auto commit = leader_->next(documents_->changes());
        const bool allowed = plain_.allows(commit.changes, indexes_);
        const auto done = leader_->commit(commit);
        ASSERT_EQ(code_of(done), allowed ? "" : "not_unique")
            << (done ? "" : done.error().message());
        EXPECT_EQ(code_of(reference_leader_->commit(commit.changes)), code_of(done));
        if (allowed) plain_.apply(commit.changes);
        EXPECT_EQ(documents_of(this->model()), plain_.all());
        EXPECT_EQ(serving(this->model()).position, leader_->position());
    }

    void declare() {
        auto indexes = documents_->indexes();
        const bool allowed = plain_.allows({}, indexes);
        EXPECT_EQ(code_of(this->model().declare(people(indexes))), allowed ? "" : "not_unique");
        EXPECT_EQ(code_of(reference_->declare(people(indexes))), allowed ? "" : "not_unique");
        if (allowed) indexes_ = std::move(indexes);
        EXPECT_EQ(serving(this->model()).declaration, people(indexes_));
    }

    void compare_query() {
        auto query = documents_->query();
        auto wanted = plain_.find(query);
        query.offset = random().chance(1, 3) ? random().below(5) : 0;
        if (random().chance(1, 3)) query.limit = 1 + random().below(5);
        wanted.erase(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(
                                                          std::min(query.offset, wanted.size())));
        wanted.resize(std::min(query.limit, wanted.size()));
        SCOPED_TRACE(to_string(query));
        const auto found = this->model().find(query);
        ASSERT_TRUE(found) << found.error();
        EXPECT_EQ(found->documents, wanted);
        EXPECT_EQ(found->as_of, leader_->position());
        const auto plan = this->model().explain(query).value();
        EXPECT_EQ(plan.found, wanted.size());
    }

    void compare_pages() {
        auto query = documents_->query();
        const auto wanted = plain_.find(query);
        query.limit = 1 + random().below(7);
        SCOPED_TRACE(to_string(query));
        std::vector<Document> all;
        for (std::size_t pages = 0; pages <= wanted.size(); ++pages) {
            const auto page = this->model().find(query);
            ASSERT_TRUE(page) << page.error();
            ASSERT_LE(page->documents.size(), query.limit);
            all.insert(all.end(), page->documents.begin(), page->documents.end());
            EXPECT_EQ(page->next.empty(), all.size() == wanted.size());
            if (page->next.empty()) break;
            query.after = page->next;
        }
        EXPECT_EQ(all, wanted);
    }

    void compare_groups() {
        const auto query = documents_->groups();
        SCOPED_TRACE(to_string(query));
        const auto found = this->model().find(query);
        const auto wanted = reference_->find(query);
        ASSERT_EQ(code_of(found), code_of(wanted)) << (found ? wanted.error() : found.error());
        if (!found) return;
        EXPECT_EQ(found->documents, wanted->documents);
        EXPECT_EQ(found->next, "");
    }

    std::optional<RandomDocuments> documents_;
    PlainCollection plain_;
    std::vector<Index> indexes_;
    std::optional<Leader> leader_;
    std::shared_ptr<ModelStore> reference_;
    std::optional<Leader> reference_leader_;
};
TYPED_TEST_SUITE_P(RandomDocumentsContract);

TYPED_TEST_P(RandomDocumentsContract, answers_are_those_of_the_trivial_model) {
    for (const auto seed : contract::seeds(20)) {
        SCOPED_TRACE(::testing::Message() << "MAINSTEM_SEED=" << seed);
        this->run(seed);
        if (this->HasFailure()) return;
    }
}

REGISTER_TYPED_TEST_SUITE_P(RandomDocumentsContract, answers_are_those_of_the_trivial_model);

}  // namespace mainstem::testing::model_contract
