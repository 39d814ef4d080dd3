// Writes sections into checksummed blocks.
#include "log/index_writer.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "log/index_filter.hpp"
#include "log/index_format.hpp"
#include "log/varint.hpp"

namespace mainstem::log {
namespace {

/// Writes one section after the other. After an error it writes nothing more.
class IndexBuilder {
public:
    IndexBuilder(BlockSink sink, std::uint64_t salt) : blocks_(std::move(sink), salt) {
        content_.reserve(block_content);
    }

    IndexHeader& header() { return header_; }

    /// What is put from now on belongs to this section. `entry_size`: entries, each of which is put
    /// at once, are not to cross a block's border; 1 if they may.
    void begin(std::string_view name, std::size_t entry_size) {
        end();
        section_ = &header_.sections[header_.section_count++];
        std::copy(name.begin(), name.end(), section_->name.begin());
        section_->first_block = blocks_.next();
        in_block_ = block_content / entry_size * entry_size;
    }
    void put(ByteSpan bytes) {
        section_->size += bytes.size();
        while (!bytes.empty()) {
            const std::size_t here = std::min(bytes.size(), in_block_ - content_.size());
            content_.insert(content_.end(), bytes.begin(),
                            bytes.begin() + static_cast<std::ptrdiff_t>(here));
            bytes = bytes.subspan(here);
            if (content_.size() == in_block_) add_block();
        }
    }
    template <class Entry>
    void put_entry(const Entry& entry) {
        put(std::as_bytes(std::span{&entry, 1}));
    }
    /// Bytes in the section so far.
    [[nodiscard]] std::uint64_t size() const noexcept { return section_->size; }

    Result<void> finish() {
        end();
        std::array<std::byte, sizeof header_> first;
        store(header_, first.data());
        return written_ ? blocks_.finish(first) : written_;
    }

private:
    void add_block() {
        if (written_) written_ = blocks_.add(content_);
        content_.clear();
    }
    void end() {
        if (!content_.empty()) add_block();
    }

    BlockWriter blocks_;
    IndexHeader header_;
    IndexSection* section_ = nullptr;
    std::size_t in_block_ = block_content;
    std::vector<std::byte> content_;  ///< of the block that is being filled
    Result<void> written_;
};

template <class Entry>
void put(LargeVector<std::byte>& out, const Entry& entry) {
    const auto* from = reinterpret_cast<const std::byte*>(&entry);
    out.insert(out.end(), from, from + sizeof entry);
}

void put_stream(std::vector<std::byte>& out, const MemoryIndex& index,
                const MemoryIndex::Stream& stream, std::vector<Ordinal>& ordinals) {
    const auto* name = reinterpret_cast<const std::byte*>(stream.name.data());
    out.push_back(static_cast<std::byte>(stream.name.size()));
    out.insert(out.end(), name, name + stream.name.size());

    const StreamSpan span{stream.first, stream.last(), stream.last_ordinal(), 0};
    ordinals.clear();
    static_cast<void>(index.ordinals(span, span.first, span.last, ordinals));
    put_varint(out, span.first.value);
    put_varint(out, ordinals.size());
    put_varint(out, span.last_ordinal);
    Ordinal before = 0;
    for (const Ordinal ordinal : ordinals) {
        put_varint(out, ordinal - before);
        before = ordinal;
    }
}

using Streams = LargeVector<const MemoryIndex::Stream*>;

void add_streams(IndexBuilder& builder, const MemoryIndex& index, const Streams& streams) {
    LargeVector<HashEntry> hashes;
    hashes.reserve(streams.size());
    std::vector<std::byte> entry;
    std::vector<Ordinal> ordinals;
    builder.begin("streams", 1);
    for (const MemoryIndex::Stream* stream : streams) {
        hashes.push_back({stream->hash, static_cast<std::uint32_t>(builder.size())});
        entry.clear();
        put_stream(entry, index, *stream, ordinals);
        builder.put(entry);
    }
    builder.begin("names", sizeof(std::uint32_t));
    for (const HashEntry& stream : hashes) builder.put_entry(std::uint32_t{stream.where});
    std::ranges::sort(hashes, [](const HashEntry& a, const HashEntry& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.where < b.where;
    });
    builder.begin("hashes", sizeof(HashEntry));
    for (const HashEntry& stream : hashes) builder.put_entry(stream);
}

void add_requests(IndexBuilder& builder, const MemoryIndex& index) {
    const auto requests = index.all_requests();
    LargeVector<RequestEntry> entries;
    entries.reserve(requests.size());
    for (const auto& request : requests) {
        entries.push_back({request.hash, request.ordinal});
    }
    std::ranges::sort(entries, [](const RequestEntry& a, const RequestEntry& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.ordinal < b.ordinal;
    });
    builder.begin("requests", sizeof(RequestEntry));
    for (const RequestEntry& entry : entries) builder.put_entry(entry);
}

void add_offsets(IndexBuilder& builder, const MemoryIndex& index) {
    builder.begin("offsets", sizeof(std::uint32_t));
    for (Ordinal i = 0; i < index.size(); ++i) builder.put_entry(index.offset(i));
}

/// Adds the postings of one term; returns what its entry says.
std::uint32_t put_postings(const std::vector<Ordinal>& ordinals, LargeVector<std::byte>& postings,
                           LargeVector<std::byte>& skips) {
    if (ordinals.size() == 1) return ordinals.front() | single_posting;
    const auto where = static_cast<std::uint32_t>(postings.size());
    put_varint(postings, ordinals.size());
    put_varint(postings, skips.size() / sizeof(SkipEntry));
    for (std::size_t i = 0; i < ordinals.size(); ++i) {
        if (i % postings_in_block == 0) {
            put(skips, SkipEntry{ordinals[i], static_cast<std::uint32_t>(postings.size())});
        } else {
            put_varint(postings, ordinals[i] - ordinals[i - 1]);
        }
    }
    return where;
}

/// Terms with the same hash are one term to a reader, who verifies what it finds.
void add_terms(IndexBuilder& builder, const MemoryTerms& terms) {
    LargeVector<std::pair<std::uint64_t, std::uint32_t>> by_hash;
    by_hash.reserve(terms.size());
    for (std::uint32_t term = 0; term < terms.size(); ++term) {
        by_hash.emplace_back(terms.hash(term), term);
    }
    std::ranges::sort(by_hash);
    LargeVector<std::byte> postings;
    LargeVector<std::byte> skips;
    std::vector<Ordinal> ordinals;
    std::vector<Ordinal> more;
    builder.begin("terms", sizeof(HashEntry));
    for (std::size_t i = 0; i < by_hash.size();) {
        const std::uint64_t hash = by_hash[i].first;
        terms.all(by_hash[i].second, ordinals);
        for (++i; i < by_hash.size() && by_hash[i].first == hash; ++i) {
            terms.all(by_hash[i].second, more);
            ordinals.insert(ordinals.end(), more.begin(), more.end());
            std::ranges::sort(ordinals);
            const auto doubles = std::ranges::unique(ordinals);
            ordinals.erase(doubles.begin(), doubles.end());
        }
        builder.put_entry(HashEntry{hash, put_postings(ordinals, postings, skips)});
    }
    builder.begin("postings", 1);
    builder.put(postings);
    builder.begin("skips", sizeof(SkipEntry));
    builder.put(skips);
}

void add_filter(IndexBuilder& builder, const MemoryTerms& terms, const Streams& streams) {
    FilterContent filter{terms.size() + streams.size()};
    for (std::uint32_t term = 0; term < terms.size(); ++term) filter.add(terms.hash(term));
    for (const MemoryIndex::Stream* stream : streams) filter.add(stream->hash);
    builder.begin("filter", filter_line);
    builder.put(filter.bytes());
}

}  // namespace

Result<void> write_index(const MemoryIndex& index, const SegmentHeader& segment,
                         std::uint64_t segment_size, BlockSink sink) {
    IndexBuilder builder{std::move(sink), segment.salt};
    const RequestTimes times = *index.request_times();
    builder.header().first_position = segment.first_position;
    builder.header().event_count = index.size();
    builder.header().segment_size = segment_size;
    builder.header().request_earliest = times.earliest;
    builder.header().request_latest = times.latest;
    builder.header().request_others = times.others ? 1 : 0;
    const Streams streams = index.sorted_streams();
    add_streams(builder, index, streams);
    add_requests(builder, index);
    add_offsets(builder, index);
    add_terms(builder, index.terms());
    add_filter(builder, index.terms(), streams);
    return builder.finish();
}

}  // namespace mainstem::log
