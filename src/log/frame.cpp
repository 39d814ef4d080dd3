// Encoding and decoding of events and frame headers.
#include "log/frame.hpp"

#include <algorithm>

#include "core/crc32c.hpp"

namespace mainstem::log {
namespace {

constexpr std::size_t content_begin = offsetof(EventHeader, size);
constexpr std::size_t content_header_size = offsetof(EventHeader, version) - content_begin;

/// Writes pieces one after the other.
class Output {
public:
    explicit Output(std::byte* to) : to_(to) {}

    void put(const void* from, std::size_t size) noexcept {
        if (size == 0) return;
        std::memcpy(to_, from, size);
        to_ += size;
    }
    void put(std::string_view text) noexcept { put(text.data(), text.size()); }
    void put_byte(std::size_t value) noexcept { *to_++ = static_cast<std::byte>(value); }

private:
    std::byte* to_;
};

std::size_t packed_size(const std::vector<Tag>& tags) noexcept {
    std::size_t size = 0;
    for (const Tag& tag : tags) size += 1 + tag.view().size();
    return size;
}

std::size_t packed_size(const Metadata& metadata) noexcept {
    const std::size_t size = metadata.correlation.size() + metadata.causation.size() +
                             metadata.actor.size() + metadata.json.size();
    return size == 0 ? 0 : size + 3;
}

void put(Output& out, const Metadata& metadata) noexcept {
    if (packed_size(metadata) == 0) return;
    out.put_byte(metadata.correlation.size());
    out.put_byte(metadata.causation.size());
    out.put_byte(metadata.actor.size());
    out.put(metadata.correlation);
    out.put(metadata.causation);
    out.put(metadata.actor);
    out.put(metadata.json);
}

bool explicit_content_type(const NewEvent& event) noexcept {
    return !event.content_type.empty() && event.content_type != json_content_type;
}

std::uint32_t content_checksum(const std::byte* event, std::size_t size) noexcept {
    const std::uint32_t header = crc32c(0, event + content_begin, content_header_size);
    return crc32c(header, event + sizeof(EventHeader), size - sizeof(EventHeader));
}

std::uint32_t full_checksum(std::uint32_t content, const Assigned& assigned) noexcept {
    const std::uint64_t fields[4] = {
        assigned.version.value,
        static_cast<std::uint64_t>(assigned.recorded_at.time_since_epoch().count()),
        assigned.position.value, assigned.salt};
    return crc32c(content, fields, sizeof fields);
}

std::uint32_t frame_checksum(const FrameHeader& header, const FramePlace& place) noexcept {
    constexpr std::size_t begin = sizeof(header.checksum);
    const std::uint32_t own =
        crc32c(0, reinterpret_cast<const std::byte*>(&header) + begin, sizeof header - begin);
    return crc32c(own, &place, sizeof place);
}

Timestamp time_of(std::int64_t microseconds) noexcept {
    return Timestamp{std::chrono::microseconds{microseconds}};
}

/// Takes the parts of an event one after the other; never beyond its end.
class Input {
public:
    explicit Input(ByteSpan bytes) : bytes_(bytes) {}

    std::string_view take(std::size_t size) noexcept {
        if (size > bytes_.size()) {
            failed_ = true;
            return {};
        }
        const auto* begin = reinterpret_cast<const char*>(bytes_.data());
        bytes_ = bytes_.subspan(size);
        return {begin, size};
    }
    std::string_view rest() noexcept { return take(bytes_.size()); }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    ByteSpan bytes_;
    bool failed_ = false;
};

/// The checksum held, so a failure here means that the writer was another program or broken.
bool decode(const EventHeader& header, Input in, EventView& view) noexcept {
    const std::string_view id = in.take(event_id_size);
    view.stream = in.take(header.stream_size);
    view.type = in.take(header.type_size);
    view.tags = TagsView{in.take(header.tags_size)};
    view.content_type = json_content_type;
    if ((header.flags & event_flags::content_type) != 0) {
        const std::string_view length = in.take(1);
        view.content_type = in.take(length.empty() ? 0 : static_cast<unsigned char>(length[0]));
    }
    view.occurred_at = view.recorded_at;
    if ((header.flags & event_flags::occurred_at) != 0) {
        const std::string_view time = in.take(sizeof(std::int64_t));
        if (!in.failed()) {
            view.occurred_at =
                time_of(load<std::int64_t>(reinterpret_cast<const std::byte*>(time.data())));
        }
    }
    view.metadata = MetadataView{in.take(header.metadata_size)};
    view.data = in.rest();
    if (in.failed()) return false;
    std::memcpy(view.id.bytes.data(), id.data(), id.size());
    return (header.tags_size == 0 || TagsView::well_formed(view.tags.packed())) &&
           (header.metadata_size == 0 || MetadataView::well_formed(view.metadata.packed()));
}

}  // namespace

std::size_t encoded_size(std::string_view stream, const NewEvent& event) noexcept {
    return sizeof(EventHeader) + event_id_size + stream.size() + event.type.size() +
           packed_size(event.tags) +
           (explicit_content_type(event) ? 1 + event.content_type.size() : 0) +
           (event.occurred_at ? sizeof(std::int64_t) : 0) + packed_size(event.metadata) +
           event.data.size();
}

std::uint32_t encode_content(std::string_view stream, const NewEvent& event, std::size_t size,
                             std::byte* to) noexcept {
    EventHeader header;
    header.size = static_cast<std::uint32_t>(size);
    header.stream_size = static_cast<std::uint8_t>(stream.size());
    header.type_size = static_cast<std::uint8_t>(event.type.size());
    header.metadata_size = static_cast<std::uint16_t>(packed_size(event.metadata));
    header.tags_size = static_cast<std::uint16_t>(packed_size(event.tags));
    if (explicit_content_type(event)) header.flags |= event_flags::content_type;
    if (event.occurred_at) header.flags |= event_flags::occurred_at;
    store(header, to);

    Output out{to + sizeof header};
    out.put(event.id.bytes.data(), event.id.bytes.size());
    out.put(stream);
    out.put(event.type);
    for (const Tag& tag : event.tags) {
        out.put_byte(tag.view().size());
        out.put(tag.view());
    }
    if (explicit_content_type(event)) {
        out.put_byte(event.content_type.size());
        out.put(event.content_type);
    }
    if (event.occurred_at) {
        const std::int64_t time = event.occurred_at->time_since_epoch().count();
        out.put(&time, sizeof time);
    }
    put(out, event.metadata);
    out.put(event.data);
    return content_checksum(to, size);
}

void assign(std::byte* event, std::uint32_t content_checksum, const Assigned& assigned) noexcept {
    const std::uint32_t checksum = full_checksum(content_checksum, assigned);
    const std::int64_t recorded_at = assigned.recorded_at.time_since_epoch().count();
    std::memcpy(event + offsetof(EventHeader, checksum), &checksum, sizeof checksum);
    std::memcpy(event + offsetof(EventHeader, version), &assigned.version.value,
                sizeof assigned.version.value);
    std::memcpy(event + offsetof(EventHeader, recorded_at), &recorded_at, sizeof recorded_at);
}

void seal(FrameHeader& header, const FramePlace& place) noexcept {
    header.checksum = frame_checksum(header, place);
}

Verdict parse_frame(ByteSpan bytes, const FramePlace& place, FrameHeader& header) noexcept {
    if (bytes.size() < sizeof header) return Verdict::invalid;
    header = load<FrameHeader>(bytes.data());
    if (header.stored_size == 0 || header.checksum != frame_checksum(header, place)) {
        return Verdict::invalid;
    }
    const bool known = header.kind == static_cast<std::uint8_t>(FrameKind::request) &&
                       header.flags == 0 && header.stored_size == header.decoded_size;
    if (!known && (header.kind & must_understand) != 0) return Verdict::newer;
    return Verdict::valid;
}

Verdict parse_event(ByteSpan bytes, Position position, std::uint64_t salt, EventView& view,
                    std::size_t& size) noexcept {
    constexpr std::size_t least = sizeof(EventHeader) + event_id_size;
    if (bytes.size() < least) return Verdict::invalid;
    const auto header = load<EventHeader>(bytes.data());
    if (header.size < least || header.size > bytes.size()) return Verdict::invalid;

    view.position = position;
    view.version = {header.version};
    view.recorded_at = time_of(header.recorded_at);
    const std::uint32_t expected = full_checksum(content_checksum(bytes.data(), header.size),
                                                 {view.version, view.recorded_at, position, salt});
    if (header.checksum != expected) return Verdict::invalid;
    if (header.kind != static_cast<std::uint8_t>(EventKind::live) ||
        (header.flags & ~event_flags::known) != 0) {
        return Verdict::newer;
    }
    size = header.size;
    const bool decoded =
        decode(header, Input{bytes.subspan(sizeof header, size - sizeof header)}, view);
    return decoded ? Verdict::valid : Verdict::invalid;
}

bool same_content(ByteSpan one, ByteSpan other) noexcept {
    const auto equal = [&](std::size_t begin, std::size_t end) {
        return std::memcmp(one.data() + begin, other.data() + begin, end - begin) == 0;
    };
    return one.size() == other.size() &&
           equal(content_begin, content_begin + content_header_size) &&
           equal(sizeof(EventHeader), one.size());
}

EventId id_of(ByteSpan event) noexcept {
    EventId id;
    std::memcpy(id.bytes.data(), event.data() + sizeof(EventHeader), id.bytes.size());
    return id;
}

}  // namespace mainstem::log
