// Clients that append, blocking or with several requests in flight.
#include "cli/bench_load.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cli/bench_streams.hpp"

namespace mainstem::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view event_type = "OrderPlaced";
constexpr std::size_t tag_size = 16;

/// What the clients of one slice share.
struct Slice {
    Store* store;
    const AppendLoad* load;
    Steady::time_point end;
    Histogram* latencies;
    std::atomic<std::uint64_t> events{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::optional<Error> error;  ///< the first one

    void fail(const Error& first) {
        const std::lock_guard lock{mutex};
        if (!error) error = first;
        failed = true;
    }
    [[nodiscard]] bool over() const { return failed || Steady::now() >= end; }
};

AppendRequest request_of(const AppendLoad& load, std::uint64_t client) {
    AppendRequest request;
    request.durability = load.durability;
    NewEvent event{.type = std::string{event_type}, .data = std::string(load.bytes, 'x')};
    if (load.conditional) {
        event.tags.emplace_back();
        request.unless.exists =
            EventQuery{QueryItem{.types = {std::string{event_type}}, .tags = {Tag{}}}};
    } else {
        request.expect = {{bench_stream(client), Version{}}};
    }
    for (std::uint64_t i = 0; i < load.batch; ++i) {
        request.events.push_back({bench_stream(client), event});
    }
    return request;
}

/// A tag that no request had before: the random half of an id.
Tag tag_of(const EventId& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string tag(tag_size, '0');
    for (std::size_t i = 0; i < tag_size; ++i) {
        const unsigned byte = id.bytes[8 + i / 2];
        tag[i] = digits[i % 2 == 0 ? byte >> 4 : byte & 15];
    }
    return tag;
}

/// Makes the request a new one at `version`.
void renew(AppendRequest& request, Version version) {
    for (StreamEvent& event : request.events) event.event.id = EventId::generate();
    if (!request.unless.exists) {
        request.expect.front().expected = version;
        return;
    }
    const Tag tag = tag_of(request.events.front().event.id);
    for (StreamEvent& event : request.events) event.event.tags.front() = tag;
    request.unless.exists->items.front().tags.front() = tag;
}

void run_blocking(Slice& slice, std::uint64_t client, Version& version) {
    AppendRequest request = request_of(*slice.load, client);
    std::uint64_t requests = 0;
    for (; !slice.over(); ++requests) {
        renew(request, version);
        const auto begin = Steady::now();
        const auto appended = slice.store->append(request);
        slice.latencies->record(Steady::now() - begin);
        if (!appended) return slice.fail(appended.error());
        version = appended->version();
    }
    slice.events += requests * request.events.size();
}

/// A client whose appends overlap. Its requests are answered in the order in which it made them.
class OverlappingClient {
public:
    OverlappingClient(Slice& slice, std::uint64_t client, Version version)
        : slice_(&slice), request_(request_of(*slice.load, client)), version_(version) {}

    Version run() {
        while (!slice_->over()) {
            {
                std::unique_lock lock{mutex_};
                answered_.wait(lock, [this] { return waiting_ < slice_->load->in_flight; });
                ++waiting_;
            }
            renew(request_, version_);
            version_.value += request_.events.size();
            const auto begin = Steady::now();
            slice_->store->async_append(
                request_, [this, begin](Result<Appended> answer) { take(begin, answer); });
        }
        std::unique_lock lock{mutex_};
        answered_.wait(lock, [this] { return waiting_ == 0; });
        return version_;
    }

private:
    void take(Steady::time_point begin, const Result<Appended>& answer) {
        slice_->latencies->record(Steady::now() - begin);
        if (answer) {
            slice_->events += request_.events.size();
        } else {
            slice_->fail(answer.error());
        }
        const std::lock_guard lock{mutex_};
        --waiting_;
        answered_.notify_one();
    }

    Slice* slice_;
    AppendRequest request_;
    Version version_;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::uint64_t waiting_ = 0;
};

}  // namespace

std::uint64_t event_bytes(const AppendLoad& load) {
    constexpr std::uint64_t header_and_id = 32 + 16;
    const std::uint64_t tag = load.conditional ? 1 + tag_size : 0;
    return header_and_id + bench_stream(0).size() + event_type.size() + tag + load.bytes;
}

Result<double> run_append_load(Store& store, const AppendLoad& load, double seconds,
                               std::vector<Version>& versions, Histogram& latencies) {
    const auto begin = Steady::now();
    Slice slice{.store = &store,
                .load = &load,
                .end = begin + std::chrono::duration_cast<Steady::duration>(
                                   std::chrono::duration<double>(seconds)),
                .latencies = &latencies,
                .events = 0,
                .failed = false,
                .mutex = {},
                .error = {}};
    for (std::uint64_t i = versions.size(); i < load.clients; ++i) {
        const auto info = store.stream_info(bench_stream(i));
        if (!info) return info.error();
        versions.push_back(info->version);
    }
    {
        std::vector<std::jthread> clients;
        clients.reserve(load.clients);
        for (std::uint64_t i = 0; i < load.clients; ++i) {
            clients.emplace_back([&slice, &versions, i] {
                if (slice.load->in_flight == 1) {
                    run_blocking(slice, i, versions[i]);
                } else {
                    versions[i] = OverlappingClient{slice, i, versions[i]}.run();
                }
            });
        }
    }
    if (slice.error) return *slice.error;
    const double passed = std::chrono::duration<double>(Steady::now() - begin).count();
    return static_cast<double>(slice.events.load()) / passed;
}

}  // namespace mainstem::cli
