// Every sequence of six steps of two writers and two subscribers, with roll-overs, sealing, a flush
// that fails, cancelling and reopening. One thread does all, so that a sequence replays exactly.
// The judge knows what was answered: what is durable, and so what must and must not be seen. Power
// cuts show whether something was seen that was not on the disk.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>

#include "log/log_store.hpp"
#include "support/judged_subscriber.hpp"
#include "support/seeds.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::support {
namespace {

enum class Step : std::uint8_t {
    flushed,       ///< writer 1 appends, flushed
    buffered,      ///< writer 2 appends, buffered
    beside_flush,  ///< writer 1 appends, flushed; meanwhile writer 2 does and both subscribers take
    fill,          ///< writer 1 appends a third of a segment: a roll-over now and then
    flush,         ///< what is buffered
    seal,          ///< the index of what was rolled over is written
    fail_flush,    ///< the next flush will fail
    take,          ///< subscriber 1 takes one
    drain,         ///< subscriber 2 takes all
    cancel,        ///< subscriber 1
    reopen,        ///< closes the store and opens it again; subscribers go on where they were
};
constexpr std::size_t step_kinds = 11;
constexpr std::array<std::string_view, step_kinds> step_names{
    "flushed",    "buffered", "beside_flush", "fill",   "flush", "seal",
    "fail_flush", "take",     "drain",        "cancel", "reopen"};
std::string_view name(Step step) { return step_names[static_cast<std::size_t>(step)]; }

using Sequence = std::vector<Step>;

/// Fewer steps where few seeds are asked for: that is where each run is slow, under sanitizers.
std::size_t sequence_length() {
    constexpr std::uint64_t many_seeds = 1'000;
    return environment_number("MAINSTEM_SIM_SEEDS").value_or(many_seeds) < many_seeds ? 4 : 6;
}

std::string text(const Sequence& sequence) {
    std::string text;
    for (const Step step : sequence) text += fmt::format(" {}", name(step));
    return text;
}

/// Leaves out sequences that show what others show: those with a step that does nothing, and all
/// but one of those that differ in the order of steps that do not touch each other.
class Usefulness {
public:
    /// True if `step` shows something after the steps before; then takes it.
    bool take(Step step, bool is_last) {
        if (!is_useful(step, is_last)) return false;
        if (step != Step::take && step != Step::drain && step != Step::cancel) drained_ = false;
        const bool flushes = step == Step::flushed || step == Step::beside_flush ||
                             step == Step::fill || step == Step::flush;
        failed_ |= fails_ && flushes;
        if (flushes) buffered_ = false;
        switch (step) {
            case Step::buffered:
            case Step::beside_flush: buffered_ = true; break;
            case Step::fill: sealed_ = true; break;
            case Step::seal: sealed_ = false; break;
            case Step::fail_flush: fails_ = true; break;
            case Step::drain: drained_ = true; break;
            case Step::cancel: cancelled_ = true; break;
            case Step::reopen: *this = {}; break;
            default: break;
        }
        before_last_ = std::exchange(last_, step);
        return true;
    }

private:
    [[nodiscard]] bool is_useful(Step step, bool is_last) const {
        const bool same = last_ == step;
        const bool by_subscriber_one = step == Step::take || step == Step::cancel;
        if (same && before_last_ == step && step != Step::fill) return false;
        if (last_ == Step::drain && by_subscriber_one) return false;
        // What is to fail is planned right before it.
        const bool reads = by_subscriber_one || step == Step::drain;
        if (last_ == Step::fail_flush && (reads || step == Step::buffered)) return false;
        // In the end both take all.
        if (is_last && (step == Step::take || step == Step::drain)) return false;
        // A store that has failed refuses everything: one refusal is enough.
        if (failed_ && !reads && step != Step::reopen && (same || step != Step::flushed)) {
            return false;
        }
        switch (step) {
            case Step::flush: return buffered_;
            case Step::seal: return sealed_;
            case Step::fail_flush: return !fails_ && !is_last;
            case Step::take: return !(cancelled_ && same);
            case Step::drain: return !drained_;
            case Step::cancel: return !cancelled_;
            case Step::reopen: return !same;
            default: return true;
        }
    }

    Step last_ = Step::reopen;
    Step before_last_ = Step::reopen;
    bool buffered_ = false;
    bool sealed_ = false;
    bool fails_ = false;
    bool failed_ = false;
    bool drained_ = false;
    bool cancelled_ = false;
};

/// A store on a simulated disk, the steps, and the judge.
class Scene {
public:
    static constexpr const char* directory = "/store";
    static constexpr std::uint64_t first_fills = 3;

    explicit Scene(std::uint64_t seed, const std::map<std::string, std::string>* image = nullptr)
        : seed_(seed), disk_(seed) {
        if (image != nullptr) {
            for (const char* folder : {"/store", "/store/segments"}) {
                disk_.create_directory(folder).value();
            }
            for (const auto& [path, content] : *image) disk_.put(path, content);
            disk_.flush_directory("/").value();
        }
        open();
    }

    /// A store whose first segment is full.
    static std::map<std::string, std::string> begun() {
        Scene scene{1};
        for (std::uint64_t i = 0; i < first_fills; ++i) scene.append(filling());
        scene.store_.reset();
        return scene.disk_.image();
    }

    std::string run(const Sequence& sequence) {
        for (JudgedSubscriber* subscriber : both()) subscriber->begin(store_, violations_);
        for (const Step step : sequence) {
            if (!violations_.empty()) break;
            perform(step);
        }
        end();
        return violations_.empty() ? "" : violations_.text() + disk_.log_tail();
    }

private:
    std::array<JudgedSubscriber*, 2> both() { return {&one_, &two_}; }

    void open() {
        log::LogConfig config;
        config.segment_size = limits::segment_least;
        config.disk = &disk_;
        config.clock = &clock_;
        config.seed = ++openings_;
        config.helper_thread = false;
        config.memory = Bytes{0};
        failures_ = disk_.failures();
        failed_ = false;
        store_ = log::LogStore::open(directory, config).value();
        learn_all();
    }

    /// What the store holds when it was opened is on the disk. What was known to be must be there.
    void learn_all() {
        const auto observation = observe(*store_);
        const auto& known = history_;
        const bool kept =
            observation.events.size() >= durable_ &&
            std::equal(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(durable_),
                       observation.events.begin());
        if (!kept || observation.error) violations_.add("the store has lost what was durable");
        history_ = observation.events;
        durable_ = durable_at_most_ = history_.size();
    }

    void perform(Step step) {
        switch (step) {
            case Step::flushed: append(small("A", Durability::flushed)); break;
            case Step::buffered: append(small("B", Durability::buffered)); break;
            case Step::beside_flush: append_beside_flush(); break;
            case Step::fill: append(filling()); break;
            case Step::flush: flush(); break;
            case Step::seal: store_->run_background(); break;
            case Step::fail_flush: disk_.plan({.kind = Operation::flush}); break;
            case Step::take: take(one_); break;
            case Step::drain: drain(two_); break;
            case Step::cancel: cancel(); break;
            case Step::reopen: reopen(); break;
        }
    }

    static AppendRequest small(const char* type, Durability durability) {
        AppendRequest request{.durability = durability};
        request.events.push_back({"small", {.type = type}});
        return request;
    }
    static AppendRequest filling() {
        constexpr std::size_t nearly_a_quarter = 16'250;
        AppendRequest request;
        request.events.push_back(
            {"fill", {.type = "Fill", .data = std::string(nearly_a_quarter, 'x')}});
        return request;
    }

    void append(const AppendRequest& request) { learn(store_->append(request)); }

    void append_beside_flush() {
        const auto learned = [this](const Result<Appended>& answer) { learn(answer); };
        store_->async_append(small("A", Durability::flushed), learned);
        disk_.in_next_flush([&] {
            store_->async_append(small("B", Durability::buffered), learned);
            store_->decide_pending();
            for (JudgedSubscriber* subscriber : both()) drain(*subscriber);
        });
        while (store_->serve_pending() > 0) {
        }
        disk_.in_next_flush(nullptr);
    }

    void learn(const Result<Appended>& answer) {
        if (!answer) {
            // A part of it may have been flushed, as a roll-over does.
            failed_ = true;
            durable_at_most_ = history_.size();
            if (!troubled()) violations_.add("refused: " + answer.error().message());
            return;
        }
        auto cursor = store_->read_all({.from = answer->first, .to = answer->position});
        for (const auto& event : cursor) history_.push_back(event.value().to_owned());
        if (answer->durability == Durability::flushed)
            durable_ = durable_at_most_ = history_.size();
    }

    void flush() {
        const auto before = disk_.failures();
        store_->flush_buffered();
        if (disk_.failures() > before) failed_ = true;
        if (!failed_) durable_ = durable_at_most_ = history_.size();
    }

    std::optional<Delivery::Kind> take(JudgedSubscriber& subscriber) {
        const auto kind = subscriber.take(violations_);
        const std::uint64_t at = subscriber.position().value;
        if (at > durable_at_most_) {
            violations_.add(
                fmt::format("{} is at position {} before it is flushed", subscriber.name(), at));
        }
        const bool is_told_all = !kind || *kind != Delivery::Kind::event;
        const bool may_have_less = !kind && *subscriber.end() != StoreError::stopped;
        if (is_told_all && !may_have_less && at < durable_) {
            violations_.add(fmt::format(
                "{} is told at position {} that it was all, {} is durable: {}", subscriber.name(),
                at, durable_, kind ? "a signal" : subscriber.end()->message()));
        }
        if (!kind) judge_end(subscriber);
        if (kind == Delivery::Kind::nothing && (failed_ || !subscriber.is_caught_up())) {
            violations_.add(subscriber.name() + " waits instead of being told");
        }
        return kind;
    }

    void judge_end(const JudgedSubscriber& subscriber) {
        const Error& why = *subscriber.end();
        const bool explained =
            (why == StoreError::cancelled && &subscriber == &one_ && cancelled_) ||
            (why == StoreError::closed && !store_) || (why == StoreError::stopped && troubled());
        if (!explained) violations_.add(subscriber.name() + " ended: " + why.message());
    }

    void drain(JudgedSubscriber& subscriber) {
        for (auto kind = take(subscriber); kind && *kind != Delivery::Kind::nothing;) {
            kind = take(subscriber);
        }
        subscriber.judge(history_, violations_);
    }

    void cancel() {
        one_.cancel();
        cancelled_ = true;
    }

    /// What a subscriber has in hand keeps the store open, and is delivered.
    void reopen() {
        store_.reset();
        for (JudgedSubscriber* subscriber : both()) {
            drain(*subscriber);
            if (!subscriber->end()) violations_.add(subscriber->name() + " does not end");
        }
        if (!troubled()) durable_ = history_.size();
        disk_.clear_faults();
        open();
        cancelled_ = false;
        for (JudgedSubscriber* subscriber : both()) subscriber->begin(store_, violations_);
    }

    void end() {
        if (!violations_.empty()) return;
        for (JudgedSubscriber* subscriber : both()) drain(*subscriber);
        // What was seen early is found by what was answered; the rest is to confirm that.
        constexpr std::uint64_t cut_one_of = 8;
        if (seed_ % cut_one_of != 0) return;
        for (JudgedSubscriber* subscriber : both()) subscriber->drop();
        disk_.crash_now();
        store_.reset();
        disk_.power_cut();
        open();
        for (JudgedSubscriber* subscriber : both()) subscriber->judge(history_, violations_);
    }

    [[nodiscard]] bool troubled() const { return disk_.failures() > failures_; }

    std::uint64_t seed_;
    SimulatedDisk disk_;
    ManualClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    std::uint64_t openings_ = 0;
    std::uint64_t failures_ = 0;
    std::shared_ptr<log::LogStore> store_;
    Violations violations_;

    std::vector<Event> history_;  ///< what was answered
    std::uint64_t durable_ = 0;   ///< so much of it is on the disk
    /// So much of it may be: after a failure nobody says.
    std::uint64_t durable_at_most_ = 0;
    bool failed_ = false;
    bool cancelled_ = false;

    JudgedSubscriber one_{{.name = "subscriber 1", .after = Position{2}, .page_events = 2}};
    JudgedSubscriber two_{
        {.name = "subscriber 2",
         .query = {.query = QueryItem{.types = {"B"}},
                   .matches = [](const Event& event) { return event.type == "B"; }}}};
};

class Subscriptions : public ::testing::TestWithParam<Step> {
protected:
    void run_all(const Sequence& sequence) {
        if (HasFatalFailure()) return;
        Usefulness usefulness;
        for (std::size_t i = 0; i < sequence.size(); ++i) {
            if (!usefulness.take(sequence[i], i + 1 == length_)) return;
        }
        if (sequence.size() == length_) return run(sequence);
        Sequence longer = sequence;
        longer.emplace_back();
        for (std::size_t step = 0; step < step_kinds; ++step) {
            longer.back() = static_cast<Step>(step);
            run_all(longer);
        }
    }

    void run(const Sequence& sequence) {
        ++count_;
        const std::string report = Scene{count_, &image_}.run(sequence);
        ASSERT_TRUE(report.empty()) << text(sequence) << ":\n" << report;
    }

    std::map<std::string, std::string> image_ = Scene::begun();
    std::size_t length_ = sequence_length();
    std::uint64_t count_ = 0;
};

TEST_P(Subscriptions, see_each_event_once_in_every_sequence) {
    run_all({GetParam()});
    EXPECT_GT(count_, 0U);
}

INSTANTIATE_TEST_SUITE_P(First, Subscriptions,
                         ::testing::Values(Step::flushed, Step::buffered, Step::beside_flush,
                                           Step::fill, Step::fail_flush, Step::take, Step::drain,
                                           Step::cancel),
                         [](const auto& first) { return std::string{name(first.param)}; });

}  // namespace
}  // namespace mainstem::support
