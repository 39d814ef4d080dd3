#include "support/log_run.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "support/store_views.hpp"

namespace mainstem::support {

namespace {

constexpr Timestamp beginning{std::chrono::seconds{1'700'000'000}};

}  // namespace

LogRun::LogRun(LogRunSeeds seeds)
    : disk_(seeds.disk),
      clock_(beginning),
      random_(seeds.workload),
      workload_(seeds.workload ^ 0x9e3779b97f4a7c15) {
    const JudgedQuery paid{.query = QueryItem{.types = {"Paid"}},
                           .matches = [](const Event& event) { return event.type == "Paid"; }};
    subscribers_.emplace_back(
        JudgedSubscriber::Options{.name = "subscriber 1", .page_events = 1 + random_.below(9)});
    subscribers_.emplace_back(
        JudgedSubscriber::Options{.name = "subscriber 2", .query = paid, .page_events = 7});
}

log::LogConfig LogRun::config() {
    log::LogConfig config;
    config.segment_size = limits::segment_least;
    config.disk = &disk_;
    config.clock = &clock_;
    config.seed = openings_ + 1;
    config.helper_thread = false;
    // Of five openings two write every group in whole blocks, one those of several events.
    constexpr std::array<std::uint64_t, 5> bulk_writes{1, 1, 2'000, ~0ULL, ~0ULL};
    config.bulk_write = bulk_writes[random_.below(bulk_writes.size())];
    // Pages that are cached: none, a few, all.
    constexpr std::array<Bytes, 3> memories{Bytes{0}, 32_KiB, 4_MiB};
    config.memory = memories[random_.below(memories.size())];
    return config;
}

bool LogRun::open() {
    ++openings_;
    failures_ = disk_.failures();
    auto opened = log::LogStore::open(directory, config());
    if (!opened) {
        const Error& error = opened.error();
        const bool about_data = error == StoreError::damaged || error == StoreError::newer_format;
        if (!troubled() || about_data) violations_.add("cannot be opened: " + error.message());
        return false;
    }
    store_ = *opened;
    const auto observation = look(*store_);
    if (!observation) return false;
    history_.check_reopened(*observation);
    judge_subscribers(*observation);
    flushed_ = observation->head;
    for (JudgedSubscriber& subscriber : subscribers_) subscriber.begin(store_, violations_);
    workload_.learn(*observation);
    return true;
}

void LogRun::work(std::size_t steps) {
    for (std::size_t done = 0; done < steps && !disk_.crashed() && !failed(); ++done) step();
}

void LogRun::step() {
    const std::uint64_t choice = random_.below(24);
    clock_.advance(std::chrono::microseconds{random_.below(5'000)});
    if (choice < 8) {
        append(workload_.next(clock_.now()));
    } else if (choice < 13) {
        append_at_once();
    } else if (choice < 14) {
        store_->flush_buffered();
        if (!troubled()) history_.flushed();
    } else if (choice < 15) {
        store_->run_background();
    } else if (choice < 16) {
        read_beside();
    } else if (choice < 17) {
        clock_.advance(-std::chrono::milliseconds{random_.below(50)});
    } else if (choice < 18) {
        check_running();
    } else if (choice < 20) {
        deliver(random_.below(40));
    } else if (choice < 21) {
        check_reads();
    } else {
        append_group();
    }
}

void LogRun::append(AppendRequest request) {
    const auto ticket = history_.submit(request);
    answered(ticket, request, store_->append(request));
}

void LogRun::append_flushed() { append(workload_.fresh(clock_.now(), Durability::flushed)); }

/// Requests that build on each other, behind what others have queued.
void LogRun::append_group() {
    Unanswered unanswered;
    queue(random_.below(3), unanswered);
    const auto requests = workload_.group(clock_.now());
    const auto tickets = history_.submit_group(requests);
    const auto answers = store_->append_group(requests);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        answered(tickets[i], requests[i], answers[i]);
    }
    if (unanswered.count != 0) violations_.add("a request before a group was not answered");
}

void LogRun::append_at_once() {
    Unanswered unanswered;
    queue(2 + random_.below(6), unanswered);
    // While the group is on its way to a slow disk, the next one is decided, and others read.
    if (random_.chance(1, 2)) {
        disk_.in_next_flush([&] {
            queue(1 + random_.below(4), unanswered);
            store_->decide_pending();
            if (random_.chance(1, 4)) check_running();
            if (random_.chance(1, 4)) deliver(5);
            if (random_.chance(1, 8)) read_beside();
        });
    }
    while (store_->serve_pending() > 0) {
    }
    disk_.in_next_flush(nullptr);
    if (unanswered.count != 0) violations_.add("a request of a group was not answered");
}

void LogRun::queue(std::uint64_t size, Unanswered& unanswered) {
    for (std::uint64_t member = 0; member < size; ++member) {
        const AppendRequest request = workload_.next(clock_.now());
        const auto ticket = history_.submit(request);
        ++unanswered.count;
        store_->async_append(request, [&, ticket, request](const Result<Appended>& answer) {
            --unanswered.count;
            answered(ticket, request, answer);
        });
    }
}

void LogRun::answered(History::Ticket ticket, const AppendRequest& request,
                      const Result<Appended>& answer) {
    history_.answer(ticket, answer);
    if (answer.has_value()) {
        workload_.learn(*answer);
        if (answer->durability == Durability::flushed) {
            flushed_ = std::max(flushed_, answer->position);
        }
    } else if (!troubled()) {
        judge_error(request, answer.error());
    }
}

/// While the disk does what it should, only the request itself can be the reason.
void LogRun::judge_error(const AppendRequest& request, const Error& error) {
    std::uint64_t bytes = 0;
    for (const auto& event : request.events) bytes += event.event.data.size();
    const bool too_large = bytes > limits::segment_least.value / 4 - 1'000;
    if (error == StoreError::conflict || error == StoreError::id_reused) return;
    if (error == StoreError::invalid && too_large) return;
    violations_.add("failed without a reason: " + error.message());
}

void LogRun::check_running() {
    const auto observation = look(*store_);
    if (!observation) return;
    history_.check_running(*observation);
    judge_subscribers(*observation);
}

void LogRun::deliver(std::uint64_t steps) {
    for (JudgedSubscriber& subscriber : subscribers_) {
        for (std::uint64_t step = 0; step < steps && subscriber.runs(); ++step) {
            const auto kind = subscriber.take(violations_);
            judge_delivery(subscriber, kind);
            if (kind == Delivery::Kind::nothing) break;
        }
    }
}

/// While the disk does what it should, a subscriber ends with its store only.
void LogRun::judge_delivery(const JudgedSubscriber& subscriber,
                            const std::optional<Delivery::Kind>& kind) {
    if (!kind) {
        const Error& why = *subscriber.end();
        const bool explained = store_ ? troubled() && why != StoreError::closed
                                      : troubled() || why == StoreError::closed;
        if (!explained) violations_.add(subscriber.name() + " ended: " + why.message());
    } else if (*kind != Delivery::Kind::event && store_ && subscriber.position() < flushed_) {
        violations_.add(fmt::format("{} is told at position {} that it was all, {} is flushed",
                                    subscriber.name(), subscriber.position().value,
                                    flushed_.value));
    }
}

void LogRun::judge_subscribers(const Observation& observation) {
    for (JudgedSubscriber& subscriber : subscribers_) {
        subscriber.judge(observation.events, violations_);
    }
}

void LogRun::check_reads() {
    const auto observation = look(*store_);
    if (!observation) return;
    history_.check_running(*observation);
    Violations found;
    check_views(*store_, *observation, found);
    if (troubled()) return;
    for (const std::string& line : found.lines()) violations_.add(line);
}

std::optional<Observation> LogRun::look(EventStore& store) {
    Observation observation = observe(store, 1 + random_.below(40));
    if (!observation.error) return observation;
    if (!troubled()) violations_.add("cannot be read: " + observation.error->message());
    return std::nullopt;
}

void LogRun::close() {
    store_.reset();
    // What they have in hand keeps the store open.
    while (std::ranges::any_of(subscribers_, &JudgedSubscriber::runs)) deliver(1);
    if (!troubled()) history_.flushed();
}

void LogRun::kill() {
    end_process();
    disk_.kill();
}

void LogRun::power_cut() {
    end_process();
    disk_.power_cut();
    history_.power_cut();
}

/// The store goes without leaving a trace on the disk.
void LogRun::end_process() {
    disk_.crash_now();
    for (JudgedSubscriber& subscriber : subscribers_) subscriber.drop();
    store_.reset();
}

void LogRun::read_beside() {
    log::LogConfig reading = config();
    reading.mode = OpenMode::read_only;
    const auto opened = log::LogStore::open(directory, reading);
    if (!opened) {
        if (!troubled() && openings_ > 0 && opened.error() != StoreError::not_found) {
            violations_.add("cannot be opened for reading: " + opened.error().message());
        }
        return;
    }
    if (const auto observation = look(**opened)) history_.check_beside(*observation);
}

void LogRun::spoil_indexes() {
    for (const auto& [path, bytes] : disk_.image()) {
        if (!path.ends_with(".index") || bytes.empty() || random_.chance(1, 2)) continue;
        if (random_.chance(1, 2)) {
            disk_.erase(path);
        } else {
            disk_.flip_bit(path, random_.below(bytes.size()),
                           static_cast<unsigned>(random_.below(8)));
        }
    }
}

void LogRun::drop_clean_pages() {
    disk_.drop_clean_pages();
    history_.power_cut();
}

bool LogRun::failed() const { return !violations_.empty() || !history_.violations().empty(); }

std::string LogRun::report() const {
    if (!failed()) return {};
    return violations_.text() + history_.violations().text() + "The last disk operations:\n" +
           disk_.log_tail();
}

bool LogRun::troubled() const { return disk_.crashed() || disk_.failures() > failures_; }

}  // namespace mainstem::support
