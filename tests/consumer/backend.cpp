// The contracts of event stores and of read models, run against backends that Mainstem does not
// know: a test program of whoever writes one.
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/mainstem.hpp>
#include <mainstem/memory/open.hpp>
#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/testing/contract.hpp>
#include <mainstem/testing/model_contract.hpp>

using namespace mainstem;

// Stands for a database: it leaves everything to the store below.
class OwnStore final : public EventStore {
public:
    explicit OwnStore(Store below) : below_(std::move(below)) {}

    Result<Appended> append(const AppendRequest& request) override {
        return port().append(request);
    }
    void async_append(const AppendRequest& request, AppendDone done) override {
        port().async_append(request, std::move(done));
    }
    Result<Appended> append_system(const AppendRequest& request) override {
        return port().append_system(request);
    }
    EventCursor read_stream(const StreamId& stream, const StreamRead& read) override {
        return port().read_stream(stream, read);
    }
    Result<std::optional<Appended>> find_request(const EventId& first) override {
        return port().find_request(first);
    }
    EventCursor read_streams(const std::vector<StreamFrom>& streams,
                             std::size_t page_events) override {
        return port().read_streams(streams, page_events);
    }
    EventCursor read_positions(const std::vector<Position>& positions,
                               std::size_t page_events) override {
        return port().read_positions(positions, page_events);
    }
    EventCursor read_all(const PositionRead& read) override { return port().read_all(read); }
    Result<ReadPlan> explain(const PositionRead& read) override { return port().explain(read); }
    Result<std::shared_ptr<Watch>> watch() override { return port().watch(); }
    Result<Position> head() override { return port().head(); }
    Result<StreamInfo> stream_info(const StreamId& stream) override {
        return port().stream_info(stream);
    }
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                            std::size_t limit) override {
        return port().streams(prefix, after, limit);
    }
    Result<StoreStats> stats() override { return port().stats(); }

private:
    EventStore& port() noexcept { return below_.backend(); }

    Store below_;
};

//! [backend]
// Made for each test. Some tests close the store and open it again: it must have its events then.
class OwnBackend {
public:
    static constexpr Bytes largest_request = limits::request;

    Result<Store> open(const Clock& clock) {
        if (!memory_) memory_ = open_memory_store(clock);
        return Store{std::make_shared<OwnStore>(Store{memory_})};
    }

private:
    std::shared_ptr<EventStore> memory_;
};

MAINSTEM_STORE_CONTRACT(Own, OwnBackend);
//! [backend]

//! [model]
// Made for each test. Tests open a model several times, and expect the same one.
class OwnModelBackend {
public:
    Result<std::shared_ptr<ModelStore>> open() { return model_; }

private:
    std::shared_ptr<ModelStore> model_ = open_memory_model();  // stands for one of your own
};

MAINSTEM_MODEL_CONTRACT(OwnModel, OwnModelBackend);
//! [model]
