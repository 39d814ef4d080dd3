// Group commit: who serves, what is a group, and that nothing is ever left without an answer.
#include <algorithm>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include <mainstem/core/limits.hpp>

#include "log/commit_queue.hpp"

namespace mainstem::log {
namespace {

/// The other side: answers each request with its place in the order of decisions.
class Service final : public CommitQueue::Service {
public:
    std::size_t decide(std::span<Pending* const> requests, bool disk_is_free) noexcept override {
        EXPECT_FALSE(deciding_.exchange(true)) << "two threads decide at once";
        EXPECT_FALSE(disk_is_free && committing_);
        std::size_t count = 0;
        for (Pending* pending : requests) {
            if (!disk_is_free && undecided_each_ != 0 && decided_ % undecided_each_ == 0) break;
            EXPECT_FALSE(pending->outcome) << "decided twice";
            pending->outcome = Appended{.first = {}, .position = {++decided_}, .versions = {}};
            growing_.push_back(pending);
            ++count;
        }
        EXPECT_TRUE(count == requests.size() || !disk_is_free);
        deciding_ = false;
        decided_.notify_all();
        return count;
    }
    void close_group() noexcept override {
        EXPECT_FALSE(deciding_ || committing_);
        closed_ = std::exchange(growing_, {});
    }
    void commit(std::span<Pending* const> requests) noexcept override {
        EXPECT_FALSE(committing_.exchange(true)) << "two threads commit at once";
        EXPECT_TRUE(std::ranges::equal(requests, closed_)) << "a group of other requests";
        committer_ = std::this_thread::get_id();
        if (hold_.exchange(false)) {
            reached_.count_down();
            release_.wait();
        }
        groups_.push_back(requests.size());
        committed_ += requests.size();
        committing_ = false;
    }

    /// Makes the next group wait until `release`.
    void hold() { hold_ = true; }
    void wait_until_held() { reached_.wait(); }
    void release() { release_.count_down(); }
    void wait_until_decided(std::uint64_t count) {
        for (auto now = decided_.load(); now < count; now = decided_.load()) decided_.wait(now);
    }
    /// After each n-th request it cannot decide while a group is committed.
    void undecided_each(std::uint64_t n) { undecided_each_ = n; }

    /// Sizes, in order. Only while nothing is being committed.
    [[nodiscard]] const std::vector<std::size_t>& groups() const { return groups_; }
    [[nodiscard]] std::uint64_t decided() const { return decided_; }
    [[nodiscard]] std::uint64_t committed() const { return committed_; }
    [[nodiscard]] std::thread::id committer() const { return committer_; }

private:
    std::atomic<bool> deciding_{false};
    std::atomic<bool> committing_{false};
    std::atomic<bool> hold_{false};
    std::latch reached_{1};
    std::latch release_{1};
    std::atomic<std::uint64_t> decided_{0};
    std::uint64_t undecided_each_ = 0;
    std::vector<Pending*> growing_;
    std::vector<Pending*> closed_;
    std::vector<std::size_t> groups_;
    std::uint64_t committed_ = 0;
    std::thread::id committer_;
};

std::uint64_t place_of(const Result<Appended>& answer) { return answer.value().position.value; }

/// Queues a request with a callback that is given its place.
template <class Done>
bool submit(CommitQueue& queue, Done done) {
    auto pending = std::make_unique<Pending>();
    pending->done = [done](const Result<Appended>& answer) { done(place_of(answer)); };
    return queue.submit(pending);
}

TEST(CommitQueue, serves_a_lone_caller_on_its_own_thread) {
    Service service;
    CommitQueue queue{service, true};
    Pending pending;
    queue.run(pending);
    EXPECT_TRUE(pending.outcome);
    EXPECT_EQ(service.committer(), std::this_thread::get_id());
}

TEST(CommitQueue, serves_what_waits_as_one_group_in_order) {
    Service service;
    CommitQueue queue{service, false};
    std::vector<std::uint64_t> places;
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(submit(queue, [&](std::uint64_t place) { places.push_back(place); }));
    }
    EXPECT_TRUE(places.empty());
    EXPECT_EQ(queue.serve_pending(), 10U);
    EXPECT_EQ(places, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(queue.serve_pending(), 0U);
    EXPECT_EQ(service.groups(), std::vector<std::size_t>{10});
}

TEST(CommitQueue, takes_the_queued_into_the_group_of_a_blocking_caller) {
    Service service;
    CommitQueue queue{service, false};
    std::vector<std::uint64_t> places;
    for (int i = 0; i < 3; ++i) {
        submit(queue, [&](std::uint64_t place) { places.push_back(place); });
    }
    Pending pending;
    queue.run(pending);
    EXPECT_EQ(place_of(pending.answer()), 4U);
    EXPECT_EQ(places, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(service.groups(), std::vector<std::size_t>{4});
}

TEST(CommitQueue, gathers_what_comes_while_a_group_is_served) {
    Service service;
    service.hold();
    std::atomic<std::uint64_t> answered{0};
    {
        CommitQueue queue{service, true};
        submit(queue, [&](std::uint64_t) { ++answered; });
        service.wait_until_held();
        for (int i = 0; i < 50; ++i) submit(queue, [&](std::uint64_t) { ++answered; });
        service.release();
    }
    EXPECT_EQ(answered, 51U);
    EXPECT_EQ(service.groups(), (std::vector<std::size_t>{1, 50}));
}

TEST(CommitQueue, decides_while_a_group_is_committed) {
    Service service;
    service.hold();
    CommitQueue queue{service, false};
    std::vector<Pending> pending(3);
    std::vector<std::jthread> callers;
    callers.emplace_back([&] { queue.run(pending[0]); });
    service.wait_until_held();
    callers.emplace_back([&] { queue.run(pending[1]); });
    callers.emplace_back([&] { queue.run(pending[2]); });
    service.wait_until_decided(3);
    service.release();
    callers.clear();
    EXPECT_EQ(service.groups(), (std::vector<std::size_t>{1, 2}));
}

TEST(CommitQueue, keeps_the_order_of_what_is_not_decided_beside_a_commit) {
    Service service;
    service.undecided_each(3);
    service.hold();
    std::vector<std::uint64_t> places;
    {
        CommitQueue queue{service, false};
        Pending first;
        std::jthread caller{[&] { queue.run(first); }};
        service.wait_until_held();
        for (int i = 0; i < 5; ++i) {
            submit(queue, [&](std::uint64_t place) { places.push_back(place); });
        }
        Pending last;
        std::jthread other{[&] {
            queue.run(last);  // decides about the first two, with one before that makes three
            EXPECT_EQ(place_of(last.answer()), 7U);
        }};
        service.wait_until_decided(3);
        EXPECT_EQ(service.decided(), 3U);
        service.release();
    }
    EXPECT_EQ(places, (std::vector<std::uint64_t>{2, 3, 4, 5, 6}));
}

TEST(CommitQueue, answers_a_callback_that_queues_again) {
    Service service;
    CommitQueue queue{service, false};
    std::uint64_t last = 0;
    std::function<void(std::uint64_t)> again = [&](std::uint64_t place) {
        last = place;
        if (place < 5) submit(queue, again);
    };
    submit(queue, again);
    for (std::uint64_t round = 1; round <= 5; ++round) {
        EXPECT_EQ(queue.serve_pending(), 1U);
        EXPECT_EQ(last, round);
    }
    EXPECT_EQ(queue.serve_pending(), 0U);
}

TEST(CommitQueue, answers_every_caller_of_many_threads) {
    constexpr std::uint64_t threads = 16;
    constexpr std::uint64_t each = 500;
    Service service;
    service.undecided_each(7);
    std::atomic<std::uint64_t> callbacks{0};
    std::atomic<std::uint64_t> sum{0};
    {
        CommitQueue queue{service, true};
        std::vector<std::jthread> callers;
        for (std::uint64_t i = 0; i < threads; ++i) {
            callers.emplace_back([&, i] {
                std::uint64_t before = 0;
                for (std::uint64_t n = 0; n < each; ++n) {
                    if ((n + i) % 3 == 0) {
                        EXPECT_TRUE(submit(queue, [&](std::uint64_t place) {
                            sum += place;
                            ++callbacks;
                        }));
                        continue;
                    }
                    Pending pending;
                    const bool brief = n % 50 < 40;
                    if (brief) pending.request.durability = Durability::buffered;
                    queue.run(pending);
                    const std::uint64_t place = place_of(pending.answer());
                    EXPECT_GT(place, before);
                    before = place;
                    sum += place;
                }
            });
        }
        callers.clear();
    }
    constexpr std::uint64_t total = threads * each;
    EXPECT_EQ(service.committed(), total);
    EXPECT_EQ(sum, total * (total + 1) / 2) << "a request was answered twice or not at all";
    EXPECT_GE(callbacks, total / 3 - threads);
}

TEST(CommitQueue, commits_for_others_while_callbacks_run) {
    Service service;
    std::latch in_callback{1};
    std::latch go_on{1};
    CommitQueue queue{service, true};
    submit(queue, [&](std::uint64_t) {
        submit(queue, [](std::uint64_t) {});  // which the committer will see to itself
        in_callback.count_down();
        go_on.wait();
    });
    in_callback.wait();
    Pending pending;
    queue.run(pending);
    EXPECT_TRUE(pending.outcome);
    go_on.count_down();
    queue.end();
    EXPECT_EQ(service.committed(), 3U);
}

TEST(CommitQueue, refuses_callbacks_beyond_its_bound) {
    Service service;
    std::uint64_t answered = 0;
    CommitQueue queue{service, false};
    for (std::size_t i = 0; i < limits::queued_requests; ++i) {
        ASSERT_TRUE(submit(queue, [&](std::uint64_t) { ++answered; }));
    }
    auto refused = std::make_unique<Pending>();
    bool told = false;
    refused->done = [&](const Result<Appended>&) { told = true; };
    EXPECT_FALSE(queue.submit(refused));
    ASSERT_TRUE(refused) << "a refused request is the caller's";
    EXPECT_FALSE(told);
    EXPECT_EQ(queue.serve_pending(), limits::queued_requests);
    EXPECT_EQ(answered, limits::queued_requests);
    EXPECT_TRUE(submit(queue, [&](std::uint64_t) { ++answered; }));
}

TEST(CommitQueue, refuses_callbacks_beyond_its_bytes) {
    Service service;
    CommitQueue queue{service, false};
    constexpr std::uint64_t each = 64ULL << 20;
    for (std::uint64_t bytes = 0; bytes < limits::queued_bytes.value; bytes += each) {
        auto pending = std::make_unique<Pending>();
        pending->request.frame.resize(each);
        pending->done = [](const Result<Appended>&) {};
        ASSERT_TRUE(queue.submit(pending));
    }
    EXPECT_FALSE(submit(queue, [](std::uint64_t) {}));
    queue.serve_pending();
    EXPECT_TRUE(submit(queue, [](std::uint64_t) {}));
}

TEST(CommitQueue, lets_blocking_callers_wait_for_room) {
    Service service;
    service.hold();
    std::atomic<std::size_t> answered{0};
    CommitQueue queue{service, true};
    std::size_t queued = 1;
    submit(queue, [&](std::uint64_t) { ++answered; });
    service.wait_until_held();
    while (submit(queue, [&](std::uint64_t) { ++answered; })) ++queued;
    std::vector<std::jthread> callers;
    std::atomic<std::size_t> returned{0};
    for (int i = 0; i < 4; ++i) {
        callers.emplace_back([&] {
            Pending pending;
            queue.run(pending);
            EXPECT_GT(place_of(pending.answer()), limits::queued_requests + 1);
            ++returned;
        });
    }
    EXPECT_EQ(returned, 0U) << "nothing can be served yet";
    service.release();
    callers.clear();
    EXPECT_EQ(returned, 4U);
    EXPECT_EQ(queued, limits::queued_requests + 1);
}

/// Requests that one caller appends together.
class Together {
public:
    explicit Together(std::size_t count) : pending_(count) {
        for (Pending& pending : pending_) {
            pending.waiter = &waiter_;
            requests_.push_back(&pending);
        }
    }
    [[nodiscard]] std::span<Pending* const> requests() const { return requests_; }
    [[nodiscard]] std::vector<std::uint64_t> places() const {
        std::vector<std::uint64_t> places;
        places.reserve(pending_.size());
        for (const Pending& pending : pending_) places.push_back(place_of(pending.answer()));
        return places;
    }

private:
    Waiter waiter_;
    std::vector<Pending> pending_;
    std::vector<Pending*> requests_;
};

TEST(CommitQueue, serves_what_is_queued_together_as_one_group) {
    Service service;
    CommitQueue queue{service, false};
    Together together{5};
    queue.run(together.requests());
    EXPECT_EQ(together.places(), (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(service.groups(), std::vector<std::size_t>{5});
}

TEST(CommitQueue, queues_in_pieces_what_is_more_than_there_is_room_for) {
    Service service;
    CommitQueue queue{service, false};
    Together many{limits::queued_requests + 10};
    queue.run(many.requests());
    EXPECT_EQ(service.groups(), (std::vector<std::size_t>{limits::queued_requests, 10}));
    EXPECT_TRUE(std::ranges::is_sorted(many.places()));

    Together large{4};
    for (Pending* pending : large.requests()) pending->request.frame.resize(100ULL << 20);
    queue.run(large.requests());
    EXPECT_EQ(service.groups(), (std::vector<std::size_t>{limits::queued_requests, 10, 3, 1}));
}

TEST(CommitQueue, queues_together_beside_others_without_end) {
    constexpr std::uint64_t threads = 8;
    constexpr std::uint64_t rounds = 200;
    Service service;
    service.undecided_each(5);
    std::atomic<std::uint64_t> queued{0};
    {
        CommitQueue queue{service, true};
        std::vector<std::jthread> callers(threads);
        for (std::uint64_t i = 0; i < threads; ++i) {
            callers[i] = std::jthread{[&, i] {
                for (std::uint64_t round = 0; round < rounds; ++round) {
                    Together together{1 + (i + round) % 7};
                    if (round % 3 == 0) {
                        for (Pending* pending : together.requests()) {
                            pending->request.durability = Durability::buffered;
                        }
                    }
                    queue.run(together.requests());
                    EXPECT_TRUE(std::ranges::is_sorted(together.places()));
                    queued += together.requests().size();
                    if (round % 4 == 0) queued += submit(queue, [](std::uint64_t) {}) ? 1 : 0;
                }
            }};
        }
        callers.clear();
    }
    EXPECT_EQ(service.committed(), queued);
}

TEST(CommitQueue, answers_everything_before_it_ends) {
    for (const bool committer : {false, true}) {
        Service service;
        std::atomic<std::uint64_t> answered{0};
        {
            CommitQueue queue{service, committer};
            for (int i = 0; i < 1'000; ++i) submit(queue, [&](std::uint64_t) { ++answered; });
        }
        EXPECT_EQ(answered, 1'000U);
        EXPECT_EQ(service.committed(), 1'000U);
    }
}

TEST(CommitQueue, answers_what_a_callback_queues_while_it_ends) {
    Service service;
    std::atomic<std::uint64_t> answered{0};
    {
        CommitQueue queue{service, true};
        submit(queue, [&](std::uint64_t) {
            ++answered;
            submit(queue, [&](std::uint64_t) { ++answered; });
        });
    }
    EXPECT_EQ(answered, 2U);
}

}  // namespace
}  // namespace mainstem::log
