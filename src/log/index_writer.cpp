// Writes sections into checksummed blocks.
#include "log/index_writer.hpp"

#include <algorithm>
#include <string_view>

#include "core/crc32c.hpp"
#include "log/index_filter.hpp"
#include "log/index_format.hpp"
#include "log/varint.hpp"

namespace mainstem::log {
namespace {

/// Collects blocks; block 0 is kept for the header.
class IndexBuilder {
public:
    explicit IndexBuilder(std::uint64_t salt) : salt_(salt), bytes_(block_size) {}

    /// `entry_size`: entries are not to cross a block's border; 1 if they may.
    void add(std::string_view name, const std::vector<std::byte>& content, std::size_t entry_size) {
        IndexSection& section = header_.sections[header_.section_count++];
        std::copy(name.begin(), name.end(), section.name.begin());
        section.first_block = static_cast<std::uint32_t>(bytes_.size() / block_size);
        section.size = content.size();
        const std::size_t in_block = block_content / entry_size * entry_size;
        for (std::size_t at = 0; at < content.size(); at += in_block) {
            const std::size_t size = std::min(in_block, content.size() - at);
            const std::size_t block = bytes_.size();
            bytes_.resize(block + block_size);
            std::memcpy(&bytes_[block], &content[at], size);
            seal_at(block);
        }
    }

    std::vector<std::byte> finish() && {
        store(header_, bytes_.data());
        seal_at(0);
        return std::move(bytes_);
    }

    IndexHeader& header() { return header_; }

private:
    void seal_at(std::size_t offset) {
        const auto number = static_cast<std::uint32_t>(offset / block_size);
        const std::uint32_t checksum = block_checksum(&bytes_[offset], number, salt_);
        std::memcpy(&bytes_[offset + block_content], &checksum, sizeof checksum);
    }

    std::uint64_t salt_;
    IndexHeader header_;
    std::vector<std::byte> bytes_;
};

template <class Entry>
void put(std::vector<std::byte>& out, const Entry& entry) {
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

void add_streams(IndexBuilder& builder, const MemoryIndex& index) {
    std::vector<std::byte> streams;
    std::vector<std::byte> names;
    std::vector<HashEntry> hashes;
    std::vector<Ordinal> ordinals;
    for (const MemoryIndex::Stream* stream : index.sorted_streams()) {
        const auto where = static_cast<std::uint32_t>(streams.size());
        put(names, where);
        hashes.push_back({stream->hash, where});
        put_stream(streams, index, *stream, ordinals);
    }
    std::ranges::sort(hashes, [](const HashEntry& a, const HashEntry& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.where < b.where;
    });
    std::vector<std::byte> sorted;
    for (const HashEntry& entry : hashes) put(sorted, entry);
    builder.add("streams", streams, 1);
    builder.add("names", names, sizeof(std::uint32_t));
    builder.add("hashes", sorted, sizeof(HashEntry));
}

void add_requests(IndexBuilder& builder, const MemoryIndex& index) {
    std::vector<RequestEntry> entries;
    for (const auto& request : index.all_requests()) {
        entries.push_back({request.hash, request.ordinal_plus_one - 1});
    }
    std::ranges::sort(entries, [](const RequestEntry& a, const RequestEntry& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.ordinal < b.ordinal;
    });
    std::vector<std::byte> content;
    for (const RequestEntry& entry : entries) put(content, entry);
    builder.add("requests", content, sizeof(RequestEntry));
}

void add_offsets(IndexBuilder& builder, const MemoryIndex& index) {
    std::vector<std::byte> content;
    content.reserve(index.size() * sizeof(std::uint32_t));
    for (Ordinal i = 0; i < index.size(); ++i) put(content, index.offset(i));
    builder.add("offsets", content, sizeof(std::uint32_t));
}

/// Adds the postings of one term; returns what its entry says.
std::uint32_t put_postings(const std::vector<Ordinal>& ordinals, std::vector<std::byte>& postings,
                           std::vector<std::byte>& skips) {
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
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_hash;
    by_hash.reserve(terms.size());
    for (std::uint32_t term = 0; term < terms.size(); ++term) {
        by_hash.emplace_back(terms.hash(term), term);
    }
    std::ranges::sort(by_hash);
    std::vector<std::byte> entries;
    std::vector<std::byte> postings;
    std::vector<std::byte> skips;
    std::vector<Ordinal> ordinals;
    std::vector<Ordinal> more;
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
        put(entries, HashEntry{hash, put_postings(ordinals, postings, skips)});
    }
    builder.add("terms", entries, sizeof(HashEntry));
    builder.add("postings", postings, 1);
    builder.add("skips", skips, sizeof(SkipEntry));
}

void add_filter(IndexBuilder& builder, const MemoryIndex& index) {
    std::vector<std::uint64_t> hashes;
    const MemoryTerms& terms = index.terms();
    const auto streams = index.sorted_streams();
    hashes.reserve(terms.size() + streams.size());
    for (std::uint32_t term = 0; term < terms.size(); ++term) hashes.push_back(terms.hash(term));
    for (const MemoryIndex::Stream* stream : streams) hashes.push_back(stream->hash);
    builder.add("filter", encode_filter(hashes), filter_line);
}

}  // namespace

std::vector<std::byte> encode_index(const MemoryIndex& index, const SegmentHeader& segment,
                                    std::uint64_t segment_size) {
    IndexBuilder builder{segment.salt};
    const RequestTimes times = *index.request_times();
    builder.header().first_position = segment.first_position;
    builder.header().event_count = index.size();
    builder.header().segment_size = segment_size;
    builder.header().request_earliest = times.earliest;
    builder.header().request_latest = times.latest;
    builder.header().request_others = times.others ? 1 : 0;
    add_streams(builder, index);
    add_requests(builder, index);
    add_offsets(builder, index);
    add_terms(builder, index.terms());
    add_filter(builder, index);
    return std::move(builder).finish();
}

}  // namespace mainstem::log
