// The in-memory index: open addressing with linear probing, never more than half full.
#include "log/memory_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <mainstem/core/assert.hpp>

namespace mainstem::log {

/// References to streams plus one; 0 is free. Readers probe while the writer inserts.
struct MemoryIndex::Table {
    explicit Table(std::size_t size) : mask(size - 1), slots(new std::atomic<std::uint32_t>[size]) {
        for (std::size_t i = 0; i < size; ++i) slots[i].store(0, std::memory_order_relaxed);
    }
    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint32_t>[]> slots;
};

namespace {
constexpr std::size_t first_table_size = 1024;
constexpr std::size_t name_chunk_size = 64 * 1024;
}  // namespace

MemoryIndex::MemoryIndex()
    : requests_(first_table_size), requests_shift_(64 - std::countr_zero(first_table_size)) {
    tables_.push_back(std::make_unique<Table>(first_table_size));
    table_.store(tables_.back().get(), std::memory_order_release);
}

MemoryIndex::~MemoryIndex() = default;

std::uint32_t MemoryIndex::lookup(const Table& table, const StreamKey& key) const noexcept {
    for (std::size_t at = key.hash & table.mask;; at = (at + 1) & table.mask) {
        const std::uint32_t reference = table.slots[at].load(std::memory_order_acquire);
        if (reference == 0) return 0;
        const Stream& stream = streams_[reference - 1];
        if (stream.hash == key.hash && stream.name == key.name) return reference;
    }
}

void MemoryIndex::insert(Table& table, std::uint64_t hash, std::uint32_t reference) noexcept {
    std::size_t at = hash & table.mask;
    while (table.slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & table.mask;
    table.slots[at].store(reference, std::memory_order_release);
}

MemoryIndex::Stream* MemoryIndex::find(const StreamKey& key) noexcept {
    const std::uint32_t reference = lookup(*tables_.back(), key);
    return reference == 0 ? nullptr : &streams_[reference - 1];
}

MemoryIndex::Stream& MemoryIndex::add_stream(const StreamKey& key, Version first) {
    const std::uint32_t index = stream_count_.load(std::memory_order_relaxed);
    MAINSTEM_ASSERT(index < decltype(streams_)::capacity, "a segment holds too many streams");
    if (2 * (std::size_t{index} + 1) > tables_.back()->mask) grow_table();
    Stream& stream = streams_.grow(index);
    stream.hash = key.hash;
    stream.name = keep(key.name);
    stream.first = first;
    insert(*tables_.back(), key.hash, index + 1);
    stream_count_.store(index + 1, std::memory_order_release);
    return stream;
}

void MemoryIndex::grow_table() {
    tables_.push_back(std::make_unique<Table>(2 * (tables_.back()->mask + 1)));
    Table& table = *tables_.back();
    const std::uint32_t count = stream_count_.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < count; ++i) insert(table, streams_[i].hash, i + 1);
    table_.store(&table, std::memory_order_release);
}

std::string_view MemoryIndex::keep(std::string_view name) {
    if (name.size() > names_left_) {
        names_.push_back(std::make_unique_for_overwrite<char[]>(name_chunk_size));
        names_at_ = names_.back().get();
        names_left_ = name_chunk_size;
    }
    std::copy(name.begin(), name.end(), names_at_);
    const std::string_view kept{names_at_, name.size()};
    names_at_ += name.size();
    names_left_ -= name.size();
    return kept;
}

void MemoryIndex::add_event(Stream& stream, std::uint32_t offset) {
    MAINSTEM_ASSERT(size_ < decltype(events_)::capacity, "a segment holds too many events");
    const std::uint64_t tail = stream.tail.load(std::memory_order_relaxed);
    const std::uint64_t count = tail >> 32;
    Record& record = events_.grow(size_);
    record.offset = offset;
    record.previous = count == 0 ? none : static_cast<Ordinal>(tail);
    stream.tail.store((count + 1) << 32 | size_, std::memory_order_release);
    ++size_;
}

void MemoryIndex::add_request(const EventId& id) {
    if (2 * (request_count_ + 1) > requests_.size()) grow_requests();
    insert_request({hash_of(id), size_ + 1});
    ++request_count_;
    request_times_.add(id);
}

void MemoryIndex::insert_request(const Request& request) noexcept {
    const std::size_t mask = requests_.size() - 1;
    std::size_t at = request_slot(request.hash);
    while (requests_[at].ordinal_plus_one != 0) at = (at + 1) & mask;
    requests_[at] = request;
}

void MemoryIndex::grow_requests() {
    const std::vector<Request> before =
        std::exchange(requests_, std::vector<Request>(2 * requests_.size()));
    --requests_shift_;
    for (const Request& request : before) {
        if (request.ordinal_plus_one != 0) insert_request(request);
    }
}

void MemoryIndex::prefetch(std::uint64_t stream_hash, std::uint32_t id_hash) const noexcept {
    const Table& table = *tables_.back();
    __builtin_prefetch(&table.slots[stream_hash & table.mask]);
    __builtin_prefetch(&requests_[request_slot(id_hash)]);
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
    const Table& table = *table_.load(std::memory_order_acquire);
    const std::uint32_t reference = lookup(table, key);
    if (reference == 0) return std::optional<StreamSpan>{};
    return span_of(streams_[reference - 1], count);
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

Result<void> MemoryIndex::requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const {
    const std::size_t mask = requests_.size() - 1;
    for (std::size_t at = request_slot(id_hash); requests_[at].ordinal_plus_one != 0;
         at = (at + 1) & mask) {
        if (requests_[at].hash == id_hash) out.push_back(requests_[at].ordinal_plus_one - 1);
    }
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

std::vector<const MemoryIndex::Stream*> MemoryIndex::sorted_streams() const {
    std::vector<const Stream*> streams;
    const std::uint32_t count = stream_count_.load(std::memory_order_acquire);
    streams.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) streams.push_back(&streams_[i]);
    std::ranges::sort(streams, {}, [](const Stream* stream) { return stream->name; });
    return streams;
}

std::vector<MemoryIndex::Request> MemoryIndex::all_requests() const {
    std::vector<Request> requests;
    requests.reserve(request_count_);
    for (const Request& request : requests_) {
        if (request.ordinal_plus_one != 0) requests.push_back(request);
    }
    return requests;
}

}  // namespace mainstem::log
