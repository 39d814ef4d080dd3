// The memory backend behind the port: locks, asks the records, answers.
#include <utility>

#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>

#include "memory/pages.hpp"
#include "memory/shared_records.hpp"
#include "store/errors.hpp"

namespace mainstem {
namespace memory {
namespace {

class MemoryStore final : public EventStore {
public:
    explicit MemoryStore(const Clock& clock) : clock_(clock) {}
    ~MemoryStore() override { watch_->end(store_closed_error()); }
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    Result<Appended> append(const AppendRequest& request) override {
        return append_checked(request, check_request(request));
    }

    /// Calls `done` before it returns.
    void async_append(const AppendRequest& request, AppendDone done) override {
        done(append(request));
    }

    Result<Appended> append_system(const AppendRequest& request) override {
        return append_checked(request, check_request(request, true));
    }

    Result<std::optional<Appended>> find_request(const EventId& first) override {
        return shared_->with([&](const Records& records) { return records.find_request(first); });
    }

    EventCursor read_stream(const StreamId& stream, const StreamRead& read) override {
        return memory::read_stream(shared_, stream, read);
    }

    EventCursor read_streams(const std::vector<StreamFrom>& streams,
                             std::size_t page_events) override {
        return memory::read_streams(shared_, streams, page_events);
    }

    EventCursor read_positions(const std::vector<Position>& positions,
                               std::size_t page_events) override {
        return memory::read_positions(shared_, positions, page_events);
    }

    EventCursor read_all(const PositionRead& read) override {
        return memory::read_all(shared_, read);
    }

    Result<std::shared_ptr<Watch>> watch() override { return watch_; }

    /// Everything is looked at, whatever is asked for.
    Result<ReadPlan> explain(const PositionRead& read) override {
        const auto head = shared_->with([](const Records& records) { return records.head(); });
        if (auto checked = check_start(read.from, read.direction, head); !checked) {
            return checked.error();
        }
        const bool forward = read.direction == Direction::forward;
        const Position first = std::max(forward ? read.from : read.to, Position{1});
        Position last = forward ? read.to : read.from;
        if (last.value == 0 || last > head) last = head;
        ReadPlan plan;
        if (first <= last) {
            plan.parts.push_back({first, last, ReadPlan::Way::scan, last.value - first.value + 1});
        }
        return plan;
    }

    Result<Position> head() override {
        return shared_->with([](const Records& records) { return records.head(); });
    }

    Result<StreamInfo> stream_info(const StreamId& stream) override {
        return shared_->with([&](const Records& records) { return records.info(stream.view()); });
    }

    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override {
        return shared_->with(
            [&](const Records& records) { return records.streams(prefix, after, limit); });
    }

    Result<StoreStats> stats() override {
        return shared_->with([](const Records& records) { return records.stats(); });
    }

private:
    Result<Appended> append_checked(const AppendRequest& request, const Result<void>& checked) {
        if (!checked) return checked.error();
        auto appended =
            shared_->with([&](Records& records) { return records.append(request, clock_.now()); });
        if (!appended) return appended;
        appended->durability = request.durability;
        watch_->advance(appended->position);
        return appended;
    }

    const Clock& clock_;
    std::shared_ptr<SharedRecords> shared_ = std::make_shared<SharedRecords>();
    std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
};

}  // namespace
}  // namespace memory

std::shared_ptr<EventStore> open_memory_store(const Clock& clock) {
    return std::make_shared<memory::MemoryStore>(clock);
}

}  // namespace mainstem
