// Encodes requests. On the path of every append: one pass for the size, one for the bytes.
#include "log/request.hpp"

#include <bit>

namespace mainstem::log {
namespace {

/// Up to so many streams are searched one by one.
constexpr std::size_t few_streams = 8;

}  // namespace

ByteSpan EncodedRequest::event(std::size_t index) const noexcept {
    const std::size_t begin = events[index].offset;
    const std::size_t end =
        index + 1 < events.size() ? events[index + 1].offset : sizeof(FrameHeader) + stored_size;
    return ByteSpan{frame}.subspan(begin, end - begin);
}

std::uint32_t EncodedRequest::stream_index(std::string_view name, std::uint32_t guess) {
    if (guess < streams.size() && streams[guess].key.name == name) return guess;
    const StreamKey key{name};
    const auto same = [&](const RequestStream& stream) {
        return stream.key.hash == key.hash && stream.key.name == key.name;
    };
    const auto count = static_cast<std::uint32_t>(streams.size());
    if (table_.empty()) {
        for (std::uint32_t i = 0; i < count; ++i) {
            if (same(streams[i])) return i;
        }
    } else {
        std::size_t at = key.hash & (table_.size() - 1);
        for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
            if (same(streams[table_[at] - 1])) return table_[at] - 1;
        }
        table_[at] = count + 1;
    }
    streams.push_back({.key = key, .expected = {}, .history = {}, .version = {}});
    return count;
}

void EncodedRequest::encode(const AppendRequest& request, bool own_texts) {
    streams.clear();
    events.clear();
    terms_.clear();
    names_.clear();
    table_.clear();
    durability = request.durability;
    const std::size_t most_streams = request.expect.size() + request.events.size();
    streams.reserve(most_streams);
    if (most_streams > few_streams) table_.assign(2 * std::bit_ceil(most_streams), 0);
    encode_events(request.events);
    encode_expectations(request.expect, own_texts);
    encode_condition(request.unless, own_texts);
}

void EncodedRequest::encode_events(const std::vector<StreamEvent>& from) {
    std::size_t size = sizeof(FrameHeader);
    for (const auto& [stream, event] : from) {
        events.push_back({.offset = static_cast<std::uint32_t>(size)});
        size += encoded_size(stream.view(), event);
    }
    stored_size = static_cast<std::uint32_t>(size - sizeof(FrameHeader));
    frame.resize(from.empty() ? 0 : aligned(size));

    std::uint32_t last = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& [stream, event] = from[i];
        const std::size_t end = i + 1 < events.size() ? events[i + 1].offset : size;
        std::byte* to = &frame[events[i].offset];
        events[i].checksum = encode_content(stream.view(), event, end - events[i].offset, to);
        const std::byte* texts = to + sizeof(EventHeader) + event_id_size;
        const auto* name = reinterpret_cast<const char*>(texts);
        last = stream_index({name, stream.view().size()}, last);
        events[i].stream = last;
        streams[last].has_events = true;
        events[i].terms = static_cast<std::uint32_t>(terms_.size());
        encode_terms(event, texts + stream.view().size());
    }
    for (std::size_t i = size; i < frame.size(); ++i) frame[i] = std::byte{0};
}

/// `text` is where the event's type and tags stand in the frame.
void EncodedRequest::encode_terms(const NewEvent& event, const std::byte* text) {
    const auto* at = reinterpret_cast<const char*>(text);
    const std::string_view type{at, event.type.size()};
    const bool same_type = events.size() > 1 && !terms_.empty() && terms_.front().text == type;
    terms_.push_back(same_type ? terms_.front() : TermKey{TermKind::type, type});
    at += type.size();
    for (const Tag& tag : event.tags) {
        terms_.emplace_back(TermKind::tag, std::string_view{at + 1, tag.view().size()});
        at += 1 + tag.view().size();
    }
}

void EncodedRequest::encode_expectations(const std::vector<Expectation>& from, bool own_texts) {
    std::uint32_t place = 0;
    if (own_texts) names_.reserve(from.size());
    for (const auto& [stream, expected] : from) {
        const std::uint32_t index = stream_index(stream.view(), 0);
        streams[index].expected = expected;
        streams[index].expectation = place++;
        if (own_texts && !streams[index].has_events) {
            names_.push_back(stream.str());
            streams[index].key.name = names_.back();
        }
    }
}

void EncodedRequest::encode_condition(const AppendCondition& from, bool own_texts) {
    condition = nullptr;
    if (from.empty()) return;
    if (own_texts) condition_ = from;
    condition = own_texts ? &condition_ : &from;
    if (condition->changed) changed.compile(*condition->changed);
    if (condition->exists) exists.compile(*condition->exists);
}

bool same_events(const EncodedRequest& one, const EncodedRequest& other) noexcept {
    if (one.stored_size != other.stored_size || one.events.size() != other.events.size()) {
        return false;
    }
    for (std::size_t i = 0; i < one.events.size(); ++i) {
        if (!same_content(one.event(i), other.event(i))) return false;
    }
    return true;
}

Appended answer_to(const EncodedRequest& request, Position first, Durability durability) {
    Appended appended;
    appended.durability = durability;
    if (!request.writes()) return appended;
    appended.first = first;
    appended.position = {first.value + request.events.size() - 1};
    for (const RequestStream& stream : request.streams) {
        if (stream.has_events) appended.versions.push_back({stream.key.name, stream.version});
    }
    return appended;
}

}  // namespace mainstem::log
