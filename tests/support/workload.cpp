#include "support/workload.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>

namespace mainstem::support {

namespace {

constexpr std::uint64_t streams = 6;
/// The size of a request beyond which a log with the least segments refuses it.
constexpr std::uint64_t quarter = limits::segment_least.value / 4;

}  // namespace

Workload::Workload(std::uint64_t seed) : random_(seed), large_(random_.chance(1, 2)) {
    constexpr std::uint64_t eighths[] = {1, 4, 7};
    buffered_eighths_ = eighths[random_.below(std::size(eighths))];
}

AppendRequest Workload::next(Timestamp now) {
    const std::uint64_t choice = random_.below(100);
    if (choice < 12 && !sent_.empty()) return repeat();
    if (choice < 15 && !sent_.empty()) return reuse_id(now);
    const bool buffered = random_.chance(buffered_eighths_, 8);
    AppendRequest request = fresh(now, buffered ? Durability::buffered : Durability::flushed);
    if (choice < 23) request.events.clear();
    expect(request);
    if (!request.events.empty()) sent_.push_back(request);
    return request;
}

std::vector<AppendRequest> Workload::group(Timestamp now) {
    const auto known = versions_;
    std::vector<AppendRequest> requests(2 + random_.below(6));
    for (AppendRequest& request : requests) {
        request = next(now);
        for (const StreamEvent& entry : request.events) {
            Version& version = versions_[entry.stream.str()];
            version = version.next();
        }
    }
    versions_ = known;
    return requests;
}

AppendRequest Workload::fresh(Timestamp now, Durability durability) {
    AppendRequest request{.durability = durability};
    const std::uint64_t count = 1 + random_.below(random_.chance(1, 4) ? 5 : 2);
    for (std::uint64_t event = 0; event < count; ++event) {
        request.events.push_back({stream(), this->event(now)});
    }
    return request;
}

void Workload::learn(const Appended& answer) {
    if (answer.repeated) return;
    for (const auto& [stream, version] : answer.versions) versions_[stream.str()] = version;
}

void Workload::learn(const Observation& observation) {
    versions_.clear();
    for (const Event& event : observation.events) versions_[event.stream] = event.version;
}

/// The same events; what is expected and how durable it has to be does not make it another one.
AppendRequest Workload::repeat() {
    const std::size_t back =
        random_.chance(1, 2) ? std::min<std::size_t>(sent_.size(), 3) : sent_.size();
    AppendRequest request = sent_[sent_.size() - 1 - random_.below(back)];
    if (random_.chance(1, 3)) request.expect.clear();
    if (random_.chance(1, 3)) request.durability = Durability::flushed;
    return request;
}

AppendRequest Workload::reuse_id(Timestamp now) {
    AppendRequest request = sent_[random_.below(sent_.size())];
    request.expect.clear();
    switch (random_.below(3)) {
        case 0: request.events.front().event.data += '!'; break;
        case 1: request.events.push_back({stream(), event(now)}); break;
        default: request.events.front().stream = StreamId{stream() + "-other"}; break;
    }
    return request;
}

NewEvent Workload::event(Timestamp now) {
    NewEvent event{
        .type = random_.chance(1, 2) ? "Placed" : "Paid", .data = payload(), .id = event_id(now)};
    if (random_.chance(1, 4)) event.tags = {"colour:red", fmt::format("size:{}", random_.below(9))};
    if (random_.chance(1, 4)) event.metadata = {.correlation = "c", .actor = "a", .json = "{}"};
    if (random_.chance(1, 4)) event.content_type = "application/octet-stream";
    if (random_.chance(1, 4)) event.occurred_at = now - std::chrono::hours{random_.below(100)};
    return event;
}

/// UUIDv7 for most, as callers make them; a store must take any other, too.
EventId Workload::event_id(Timestamp now) {
    EventId id;
    const std::uint64_t halves[] = {random_(), random_()};
    std::memcpy(id.bytes.data(), halves, sizeof halves);
    const bool timed = random_.chance(7, 8);
    if (timed) {
        const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count()) / 1000;
        for (unsigned byte = 0; byte < 6; ++byte) {
            id.bytes[byte] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * byte));
        }
    }
    const std::uint8_t version = timed ? 0x70 : 0x40;
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | version);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

std::string Workload::payload() {
    const std::uint64_t choice = random_.below(100);
    if (choice < 5) return {};
    // Around a quarter of a segment: the last that is taken, the first that is refused.
    if (choice < 8) return bytes(quarter - random_.below(1'000) + random_.below(600));
    if (large_ && choice < 50) return bytes(random_.below(quarter));
    if (choice < 60) return bytes(random_.below(120));
    return bytes(random_.below(2'000));
}

/// Noise, one byte over and over, or zeros, which look like space that was never written.
std::string Workload::bytes(std::size_t count) {
    std::string text(count, random_.chance(1, 2) ? '\0' : 'x');
    if (random_.chance(1, 4)) return text;
    for (std::size_t at = 0; at + sizeof(std::uint64_t) <= count; at += sizeof(std::uint64_t)) {
        const std::uint64_t noise = random_();
        std::memcpy(text.data() + at, &noise, sizeof noise);
    }
    return text;
}

std::string Workload::stream() { return fmt::format("stream-{}", random_.below(streams)); }

void Workload::expect(AppendRequest& request) {
    std::vector<std::string> named;
    for (const auto& event : request.events) named.push_back(event.stream.str());
    if (request.events.empty() || random_.chance(1, 4)) named.push_back(stream());
    if (request.events.empty()) named.push_back(stream());
    std::ranges::sort(named);
    const auto twice = std::ranges::unique(named);
    named.erase(twice.begin(), twice.end());
    for (const std::string& name : named) {
        if (random_.chance(1, 2) && !request.events.empty()) continue;
        request.expect.push_back({name, expectation(name)});
    }
}

ExpectedVersion Workload::expectation(const std::string& stream) {
    const Version known = versions_[stream];
    switch (random_.below(8)) {
        case 0: return Expect::any;
        case 1: return Expect::none;
        case 2: return Expect::exists;
        case 3: return known.next();
        default: return known;
    }
}

}  // namespace mainstem::support
