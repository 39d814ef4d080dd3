// The in-memory index.
#include "log/memory_index.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

namespace mainstem::log {

std::uint32_t MemoryIndex::lookup(const StreamKey& key) const noexcept {
    return table_.find(key.hash, [&](std::uint32_t reference) {
        const Stream& stream = streams_[reference];
        return stream.hash == key.hash && stream.name == key.name;
    });
}

MemoryIndex::Stream* MemoryIndex::find(const StreamKey& key) noexcept {
    const std::uint32_t reference = lookup(key);
    return reference == ReferenceTable::none ? nullptr : &streams_[reference];
}

MemoryIndex::Stream& MemoryIndex::add_stream(const StreamKey& key, Version first) {
    const std::uint32_t index = stream_count_.load(std::memory_order_relaxed);
    MAINSTEM_ASSERT(index < decltype(streams_)::capacity, "a segment holds too many streams");
    Stream& stream = streams_.grow(index);
    stream.hash = key.hash;
    stream.name = names_.keep(key.name);
    stream.first = first;
    table_.add(index, [this](std::uint32_t reference) { return streams_[reference].hash; });
    stream_count_.store(index + 1, std::memory_order_release);
    add_bytes(sizeof(Stream) + key.name.size() + ReferenceTable::bytes_each);
    return stream;
}

void MemoryIndex::add_event(Stream& stream, std::uint32_t offset, std::span<const TermKey> terms) {
    MAINSTEM_ASSERT(size_ < decltype(events_)::capacity, "a segment holds too many events");
    const std::uint64_t tail = stream.tail.load(std::memory_order_relaxed);
    const std::uint64_t count = tail >> 32;
    Record& record = events_.grow(size_);
    record.offset = offset;
    record.previous = count == 0 ? none : static_cast<Ordinal>(tail);
    stream.tail.store((count + 1) << 32 | size_, std::memory_order_release);
    add_bytes(sizeof(Record) + terms_.add(terms));
    ++size_;
}

void MemoryIndex::add_request(const EventId& id) {
    requests_.add({hash_of(id), size_});
    request_times_.add(id);
    add_bytes(RequestTable::bytes_each);
}

std::optional<StreamSpan> MemoryIndex::span_of(const Stream& stream, Ordinal count) const noexcept {
    const std::uint64_t tail = stream.tail.load(std::memory_order_acquire);
    std::uint64_t events = tail >> 32;
    auto last = static_cast<Ordinal>(tail);
    for (; events > 0 && last >= count; --events) last = events_[last].previous;
    if (events == 0) return std::nullopt;
    return StreamSpan{stream.first, {stream.first.value + events - 1}, last, 0};
}

Result<std::optional<StreamSpan>> MemoryIndex::find(const StreamKey& key, Ordinal count) const {
    const std::uint32_t reference = lookup(key);
    if (reference == ReferenceTable::none) return std::optional<StreamSpan>{};
    return span_of(streams_[reference], count);
}

Result<void> MemoryIndex::ordinals(const StreamSpan& span, Version from, Version to,
                                   std::vector<Ordinal>& out) const {
    const std::size_t begin = out.size();
    Ordinal ordinal = span.last_ordinal;
    for (std::uint64_t version = span.last.value; version >= from.value; --version) {
        if (version <= to.value) out.push_back(ordinal);
        ordinal = events_[ordinal].previous;
        if (ordinal == none) break;
    }
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
    return {};
}

Result<void> MemoryIndex::offsets(Ordinal first, Ordinal last,
                                  std::vector<std::uint32_t>& out) const {
    for (Ordinal i = first; i <= last; ++i) out.push_back(events_[i].offset);
    return {};
}

Result<void> MemoryIndex::list(std::string_view prefix, std::string_view after, std::size_t limit,
                               Ordinal count, std::vector<StreamInfo>& out) const {
    const std::lock_guard lock{sorted_mutex_};
    const auto name = [this](std::uint32_t reference) { return streams_[reference].name; };
    const std::uint32_t streams = stream_count_.load(std::memory_order_acquire);
    if (sorted_.size() < streams) {
        for (auto i = static_cast<std::uint32_t>(sorted_.size()); i < streams; ++i) {
            sorted_.push_back(i);
        }
        std::ranges::sort(sorted_, {}, name);
    }
    const std::size_t most = out.size() + std::min(limit, out.max_size() - out.size());
    auto at = std::partition_point(sorted_.begin(), sorted_.end(), [&](std::uint32_t reference) {
        return name(reference) < prefix || name(reference) <= after;
    });
    for (; at != sorted_.end() && out.size() < most && name(*at).starts_with(prefix); ++at) {
        const auto span = span_of(streams_[*at], count);
        if (span) out.push_back({name(*at), span->last, {span->last_ordinal}});
    }
    return {};
}

LargeVector<const MemoryIndex::Stream*> MemoryIndex::sorted_streams() const {
    LargeVector<const Stream*> streams;
    const std::uint32_t count = stream_count_.load(std::memory_order_acquire);
    streams.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) streams.push_back(&streams_[i]);
    std::ranges::sort(streams, {}, [](const Stream* stream) { return stream->name; });
    return streams;
}

}  // namespace mainstem::log
