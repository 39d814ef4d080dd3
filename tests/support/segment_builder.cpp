#include "support/segment_builder.hpp"

#include <fmt/format.h>

#include "log/header.hpp"
#include "log/request.hpp"

namespace mainstem::support {

namespace {

constexpr std::uint64_t first_milliseconds = 1'700'000'000'000;
constexpr Timestamp beginning{std::chrono::milliseconds{first_milliseconds}};

NewEvent random_event(Random& random, std::uint64_t number) {
    NewEvent event = plain_event(number, std::string(random.below(200), 'd'));
    for (std::uint64_t tag = random.below(4); tag > 0; --tag) {
        event.tags.emplace_back(fmt::format("tag:{}", random.below(5)));
    }
    if (random.chance(1, 4)) event.metadata.correlation = "correlation";
    if (random.chance(1, 4)) event.metadata.json = R"({"a":1})";
    if (random.chance(1, 4)) event.content_type = "text/plain";
    if (random.chance(1, 4)) event.occurred_at = beginning - std::chrono::hours{number % 10'000};
    return event;
}

Event stored(const StreamEvent& added, Position position, Version version, Timestamp now) {
    const auto& [stream, event] = added;
    return {.position = position,
            .stream = stream.str(),
            .version = version,
            .type = event.type,
            .id = event.id,
            .recorded_at = now,
            .occurred_at = event.occurred_at.value_or(now),
            .tags = event.tags,
            .metadata = event.metadata,
            .content_type =
                event.content_type.empty() ? std::string{json_content_type} : event.content_type,
            .data = event.data};
}

}  // namespace

EventId numbered_id(std::uint64_t number) {
    EventId id;
    const std::uint64_t milliseconds = first_milliseconds + number;
    for (std::size_t i = 0; i < 6; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
    }
    Random random{number + 1};
    for (std::size_t i = 6; i < id.bytes.size(); ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(random());
    }
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

NewEvent plain_event(std::uint64_t number, std::string data) {
    return {.type = "Happened", .data = std::move(data), .id = numbered_id(number)};
}

AppendRequest random_request(Random& random, std::size_t most_events, std::size_t streams) {
    AppendRequest request;
    for (std::uint64_t events = 1 + random.below(most_events); events > 0; --events) {
        request.events.push_back({fmt::format("stream-{}", random.below(streams)),
                                  random_event(random, random.below(1ULL << 40))});
    }
    return request;
}

SegmentBuilder::SegmentBuilder(std::uint64_t salt, Position first) : next_(first), now_(beginning) {
    header_.store_id.fill(7);
    header_.first_position = first.value;
    header_.first_recorded_at = beginning.time_since_epoch().count();
    header_.salt = salt;
    log::seal(header_);
    const auto header = log::bytes_of(header_);
    bytes_.assign(header.begin(), header.end());
    flush();
}

BuiltFrame SegmentBuilder::add(const AppendRequest& request) {
    log::EncodedRequest encoded;
    encoded.encode(request, false);
    BuiltFrame built{.offset = size(), .end = 0, .first = next_, .events = {}};
    log::FrameHeader header;
    header.stored_size = header.decoded_size = encoded.stored_size;
    header.count = static_cast<std::uint32_t>(request.events.size());
    header.first_position = next_.value;
    now_ += std::chrono::milliseconds{1};
    for (std::size_t i = 0; i < request.events.size(); ++i) {
        Version& version = versions_[request.events[i].stream.str()];
        version = version.next();
        events_.push_back(stored(request.events[i], next_, version, now_));
        built.events.push_back(size() + encoded.events[i].offset);
        log::assign(&encoded.frame[encoded.events[i].offset], encoded.events[i].checksum,
                    {version, now_, next_, header_.salt});
        next_ = next_.next();
    }
    append(header, encoded.frame);
    built.end = size();
    return built;
}

BuiltFrame SegmentBuilder::add_event(const std::string& stream, std::string data) {
    return add({.events = {{stream, plain_event(++made_, std::move(data))}}});
}

BuiltFrame SegmentBuilder::add_other(std::uint8_t kind, std::uint32_t size_of_content,
                                     std::uint8_t flags) {
    BuiltFrame built{.offset = size(), .end = 0, .first = next_, .events = {}};
    log::FrameHeader header;
    header.kind = kind;
    header.flags = flags;
    header.stored_size = header.decoded_size = size_of_content;
    header.first_position = next_.value;
    append(header, std::vector<std::byte>(log::aligned(sizeof header + size_of_content)));
    built.end = size();
    return built;
}

void SegmentBuilder::append(log::FrameHeader header, ByteSpan frame) {
    header.durable_offset = durable_;
    log::seal(header, {header_.salt, bytes_.size()});
    const std::size_t begin = bytes_.size();
    bytes_.insert(bytes_.end(), frame.begin(), frame.end());
    log::store(header, &bytes_[begin]);
}

}  // namespace mainstem::support
