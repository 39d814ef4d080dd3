// Random histories: a backend and the trivial model are asked the same and must answer the same.
#pragma once

#include <string>
#include <vector>

#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>
#include <mainstem/testing/contract/model.hpp>
#include <mainstem/testing/contract/random_requests.hpp>
#include <mainstem/testing/contract/seeds.hpp>

namespace mainstem::testing::contract {

/// Appends as a user if it can be, else as the system.
inline Result<Appended> append_to(Store& store, const AppendRequest& request) {
    const bool system = std::ranges::any_of(request.events, [](const StreamEvent& entry) {
        return entry.stream.view().starts_with('$');
    });
    return system ? store.backend().append_system(request) : store.append(request);
}

/// Fails unless `answer` says what `wanted` says, in values.
inline void expect_same_answer(const AppendRequest& request, const Result<Appended>& answer,
                               const Result<Appended>& wanted) {
    if (!wanted || !answer) {
        ASSERT_EQ(answer ? "" : answer.error().code_name(),
                  wanted ? "" : wanted.error().code_name())
            << (answer ? "" : answer.error().message());
        const auto& conflict = answer.error().conflict();
        const auto& wanted_conflict = wanted.error().conflict();
        ASSERT_EQ(conflict.has_value(), wanted_conflict.has_value());
        if (!conflict) return;
        EXPECT_EQ(conflict->stream, wanted_conflict->stream);
        EXPECT_EQ(conflict->expected, wanted_conflict->expected);
        EXPECT_EQ(conflict->actual, wanted_conflict->actual);
        EXPECT_EQ(conflict->position, wanted_conflict->position);
        EXPECT_EQ(conflict->query, wanted_conflict->query);
        return;
    }
    EXPECT_EQ(answer->first, wanted->first);
    EXPECT_EQ(answer->position, wanted->position);
    EXPECT_EQ(answer->versions, wanted->versions);
    EXPECT_EQ(answer->repeated, wanted->repeated);
    if (request.durability == Durability::flushed) {
        EXPECT_EQ(answer->durability, Durability::flushed);
    }
}

template <ContractBackend Backend>
class ModelContract : public StoreContract<Backend> {
protected:
    void run(std::uint64_t seed) {
        RandomRequests requests{seed};
        Model model;
        this->clock().advance(std::chrono::seconds{1});  // so far back it never goes again
        const auto version_of = [&](const std::string& name) { return model.info(name).version; };
        for (int step = 0; step < 150 && !this->HasFailure(); ++step) {
            SCOPED_TRACE(::testing::Message() << "step " << step);
            move_clock(requests.random());
            const auto request = requests.next(version_of, Position{model.history().size()});
            const auto wanted = model.append(request, this->clock().now());
            expect_same_answer(request, append_to(this->store(), request), wanted);
            if (step % 3 == 0) append_group(requests, model);
            if (step % 4 == 0) compare_reads(requests, model);
            if (requests.random().chance(1, 40)) this->reopen();
        }
        if (this->HasFailure()) return;
        compare_whole(model);
        this->reopen();
        compare_whole(model);
    }

private:
    /// Requests that were decided together; for some of them, others come before.
    void append_group(RandomRequests& requests, Model& model) {
        Model expected = model;
        const auto group =
            requests.group([&](const std::string& name) { return expected.info(name).version; },
                           Position{model.history().size()},
                           [&](const AppendRequest& request) {
                               static_cast<void>(expected.append(request, this->clock().now()));
                           });
        if (requests.random().chance(1, 2)) {
            const auto other = request_for({requests.stream()});
            const auto wanted = model.append(other, this->clock().now());
            expect_same_answer(other, append_to(this->store(), other), wanted);
        }
        const auto wanted = model.append_group(group, this->clock().now());
        const auto answers = this->store().append_group(group);
        ASSERT_EQ(answers.size(), group.size());
        for (std::size_t i = 0; i < group.size(); ++i) {
            SCOPED_TRACE(::testing::Message() << "request " << i << " of a group");
            expect_same_answer(group[i], answers[i], wanted[i]);
        }
    }

    void move_clock(Random& random) {
        const auto by = static_cast<std::int64_t>(random.below(4'000)) - 1'000;
        this->clock().advance(std::chrono::microseconds{by});
    }

    static std::uint64_t first_number(std::uint64_t from, Direction direction, std::uint64_t last) {
        if (direction == Direction::forward) return std::max<std::uint64_t>(from, 1);
        return from == 0 ? last : std::min(from, last);
    }

    static bool is_beyond(const Event& event, const PositionRead& read) {
        if (read.to.value == 0) return false;
        return read.direction == Direction::forward ? event.position > read.to
                                                    : event.position < read.to;
    }

    void compare_reads(RandomRequests& requests, const Model& model) {
        const auto name = requests.stream();
        const auto stream = model.stream(name);
        const auto of_stream = requests.stream_read(Version{stream.size()});
        EXPECT_EQ(
            all_of(this->store().read(name, of_stream)),
            slice(stream, first_number(of_stream.from.value, of_stream.direction, stream.size()),
                  of_stream.limit, of_stream.direction));
        EXPECT_EQ(this->store().stream_info(name).value(), model.info(name));

        const auto& history = model.history();
        const auto of_all = requests.position_read(Position{history.size()}, this->clock().now());
        const auto most = history.size() + (of_all.direction == Direction::forward ? 1 : 0);
        if (of_all.from.value > most) {
            const auto error = only_error_of(this->store().read_all(of_all));
            EXPECT_TRUE(error && *error == StoreError::out_of_range);
        } else {
            const auto first = first_number(of_all.from.value, of_all.direction, history.size());
            auto range = slice(history, first, no_limit, of_all.direction);
            std::erase_if(range, [&](const Event& event) { return is_beyond(event, of_all); });
            EXPECT_EQ(all_of(this->store().read_all(of_all)),
                      Model::select(range, of_all.query, of_all.limit))
                << to_string(of_all.query);
        }
    }

    void compare_whole(const Model& model) {
        expect_holds(this->store(), model.history());
        for (const auto* prefix : {"", "$", "order", "c1"}) {
            EXPECT_EQ(this->store().streams(prefix).value(), model.streams(prefix));
        }
        for (const auto& info : model.streams("")) {
            EXPECT_EQ(all_of(this->store().read(info.stream)), model.stream(info.stream.str()));
        }
    }
};
TYPED_TEST_SUITE_P(ModelContract);

TYPED_TEST_P(ModelContract, a_random_history_is_answered_as_the_model_says) {
    for (const auto seed : seeds(20)) {
        if (this->HasFailure()) break;
        SCOPED_TRACE(::testing::Message() << "MAINSTEM_SEED=" << seed);
        this->start_over();
        this->run(seed);
    }
}

REGISTER_TYPED_TEST_SUITE_P(ModelContract, a_random_history_is_answered_as_the_model_says);

}  // namespace mainstem::testing::contract
