// Each call: count it, choose its fault, spend its latency, then fail or forward.
#include <mainstem/testing/faulty_store.hpp>

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "testing/faulty_pages.hpp"

namespace mainstem::testing {
namespace {

std::string_view text_of(CallKind kind) {
    switch (kind) {
        case CallKind::append: return "append";
        case CallKind::read: return "read";
        case CallKind::lookup: return "lookup";
        case CallKind::any: return "call";
    }
    return "call";
}

std::uint64_t& count_of(CallKind kind, CallCounts& counts) {
    switch (kind) {
        case CallKind::append: return counts.appends;
        case CallKind::read: return counts.reads;
        default: return counts.lookups;
    }
}

Error fault_error(const Fault& fault, CallKind kind, std::uint64_t number) {
    return {fault.error,
            fmt::format("{} {}: {}, chosen by the test", text_of(kind), number, name(fault.error))};
}

/// As a store words it: of the first stream that the request expects something of, else the first
/// that it writes to.
Error conflict_fault(const Error& error, const AppendRequest& request, EventStore& inner) {
    Conflict conflict;
    if (!request.expect.empty()) {
        conflict.stream = request.expect.front().stream.str();
        conflict.expected = request.expect.front().expected;
    } else if (!request.events.empty()) {
        conflict.stream = request.events.front().stream.str();
    }
    if (!conflict.stream.empty()) {
        if (const auto info = inner.stream_info(StreamId{conflict.stream})) {
            conflict.actual = info->version;
            conflict.position = info->last_position;
        }
    }
    return {StoreError::conflict, error.message(), std::move(conflict)};
}

Error append_fault(const Fault& fault, std::uint64_t number, const AppendRequest& request,
                   EventStore& inner) {
    auto error = fault_error(fault, CallKind::append, number);
    return fault.error == StoreError::conflict ? conflict_fault(error, request, inner) : error;
}

}  // namespace

FaultyStore::FaultyStore(Store inner, FaultyOptions options)
    : inner_(std::move(inner)), options_(std::move(options)), random_(options_.seed) {}

CallCounts FaultyStore::counts() const {
    const std::scoped_lock lock{mutex_};
    return counts_;
}

/// Counts the call, chooses its fault and lets its latency pass.
FaultyStore::Call FaultyStore::begin(CallKind kind) {
    auto call = admit(kind);
    const auto& latency = options_.latency;
    const auto time = kind == CallKind::append ? latency.append : latency.read;
    if (time > std::chrono::nanoseconds::zero()) {
        if (latency.wait) {
            latency.wait(time);
        } else {
            std::this_thread::sleep_for(time);
        }
    }
    return call;
}

FaultyStore::Call FaultyStore::admit(CallKind kind) {
    const std::scoped_lock lock{mutex_};
    Call call{.number = ++count_of(kind, counts_)};
    for (const auto& fault : options_.faults) {
        // Every chance is drawn, whatever the others are: a fault more changes no other's calls.
        if (happens(fault, kind, call.number) && !call.fault) call.fault = fault;
    }
    if (call.fault)
        ++(call.fault->error == StoreError::conflict ? counts_.conflicts : counts_.errors);
    return call;
}

bool FaultyStore::happens(const Fault& fault, CallKind kind, std::uint64_t number) {
    if (fault.call != CallKind::any && fault.call != kind) return false;
    if (fault.at == 0) return random_.chance(fault.percent, 100);
    if (fault.call != CallKind::any) return fault.at == number;
    return fault.at == counts_.appends + counts_.reads + counts_.lookups;
}

void FaultyStore::before(const Call& call, const AppendRequest& request) const {
    if (options_.before_append) options_.before_append({call.number, request});
}

template <class Append>
Result<Appended> FaultyStore::append_by(const AppendRequest& request, const Append& forward) {
    const auto call = begin(CallKind::append);
    EventStore& inner = inner_.backend();
    if (call.fault && !call.fault->stored) {
        return append_fault(*call.fault, call.number, request, inner);
    }
    before(call, request);
    auto answer = forward();
    if (answer && call.fault) return append_fault(*call.fault, call.number, request, inner);
    return answer;
}

Result<Appended> FaultyStore::append(const AppendRequest& request) {
    return append_by(request, [&] { return inner_.backend().append(request); });
}

Result<Appended> FaultyStore::append_system(const AppendRequest& request) {
    return append_by(request, [&] { return inner_.backend().append_system(request); });
}

void FaultyStore::async_append(const AppendRequest& request, AppendDone done) {
    const auto call = begin(CallKind::append);
    EventStore& inner = inner_.backend();
    if (call.fault && !call.fault->stored) {
        return done(append_fault(*call.fault, call.number, request, inner));
    }
    before(call, request);
    if (!call.fault) return inner.async_append(request, std::move(done));
    // Made now: the request may change, and the answer must not keep the store open.
    auto lost = append_fault(*call.fault, call.number, request, inner);
    inner.async_append(request,
                       [done = std::move(done), lost = std::move(lost)](Result<Appended> answer) {
                           done(answer ? Result<Appended>{lost} : std::move(answer));
                       });
}

template <class Read>
EventCursor FaultyStore::read_by(const Read& read) {
    const auto call = begin(CallKind::read);
    if (!call.fault) return read();
    auto error = fault_error(*call.fault, CallKind::read, call.number);
    if (call.fault->after_events == 0) return EventCursor{std::move(error)};
    return EventCursor{
        std::make_unique<FaultyPages>(read(), call.fault->after_events, std::move(error))};
}

EventCursor FaultyStore::read_stream(const StreamId& stream, const StreamRead& read) {
    return read_by([&] { return inner_.backend().read_stream(stream, read); });
}

EventCursor FaultyStore::read_streams(const std::vector<StreamFrom>& streams,
                                      std::size_t page_events) {
    return read_by([&] { return inner_.backend().read_streams(streams, page_events); });
}

EventCursor FaultyStore::read_positions(const std::vector<Position>& positions,
                                        std::size_t page_events) {
    return read_by([&] { return inner_.backend().read_positions(positions, page_events); });
}

EventCursor FaultyStore::read_all(const PositionRead& read) {
    return read_by([&] { return inner_.backend().read_all(read); });
}

template <class Lookup>
auto FaultyStore::look_up(const Lookup& lookup) -> decltype(lookup()) {
    const auto call = begin(CallKind::lookup);
    if (call.fault) return fault_error(*call.fault, CallKind::lookup, call.number);
    return lookup();
}

Result<ReadPlan> FaultyStore::explain(const PositionRead& read) {
    return look_up([&] { return inner_.backend().explain(read); });
}

Result<std::shared_ptr<Watch>> FaultyStore::watch() {
    return look_up([&] { return inner_.backend().watch(); });
}

Result<Position> FaultyStore::head() {
    return look_up([&] { return inner_.backend().head(); });
}

Result<std::optional<Appended>> FaultyStore::find_request(const EventId& first) {
    return look_up([&] { return inner_.backend().find_request(first); });
}

Result<StreamInfo> FaultyStore::stream_info(const StreamId& stream) {
    return look_up([&] { return inner_.backend().stream_info(stream); });
}

Result<std::vector<StreamInfo>> FaultyStore::streams(std::string_view prefix,
                                                     std::string_view after, std::size_t limit) {
    return look_up([&] { return inner_.backend().streams(prefix, after, limit); });
}

Result<StoreStats> FaultyStore::stats() {
    return look_up([&] { return inner_.backend().stats(); });
}

}  // namespace mainstem::testing
