// Looks names, requests and offsets up in an index file.
#include "log/index_file.hpp"

#include <algorithm>
#include <limits>

#include <mainstem/store/append.hpp>

#include "log/varint.hpp"

namespace mainstem::log {
namespace {

/// The first of the entries, which are sorted by uniformly spread hashes, whose hash is not below
/// the one looked for. Halving, after a guess by proportion that mostly leaves a few blocks.
template <class Entry, class Hash>
Result<std::uint64_t> first_not_below(const SectionReader& section, Hash hash) {
    constexpr std::uint64_t window = 2048;
    const std::uint64_t count = section.size() / sizeof(Entry);
    std::uint64_t low = 0;
    std::uint64_t high = count;
    const auto halve_at = [&](std::uint64_t at) -> Result<void> {
        const auto entry = section.entry<Entry>(at);
        if (!entry) return entry.error();
        if (entry->hash < hash) {
            low = std::max(low, at + 1);
        } else {
            high = std::min(high, at);
        }
        return {};
    };
    if (count > 2 * window) {
        const double share =
            static_cast<double>(hash) / (static_cast<double>(std::numeric_limits<Hash>::max()) + 1);
        const auto guess = static_cast<std::uint64_t>(share * static_cast<double>(count));
        const auto left = halve_at(guess > window ? guess - window : 0);
        if (!left) return left.error();
        const auto right = halve_at(std::min(guess + window, count - 1));
        if (!right) return right.error();
    }
    while (low < high) {
        const auto halved = halve_at(low + (high - low) / 2);
        if (!halved) return halved.error();
    }
    return low;
}

}  // namespace

IndexFile::IndexFile(std::unique_ptr<BlockReader> blocks, const IndexHeader& header)
    : blocks_(std::move(blocks)),
      header_(header),
      times_{header.request_earliest, header.request_latest, header.request_others != 0} {}

std::optional<SectionReader> IndexFile::section(std::string_view name,
                                                std::size_t entry_size) const {
    for (std::size_t i = 0; i < header_.section_count; ++i) {
        const IndexSection& section = header_.sections[i];
        const std::string_view padded{section.name.data(), section.name.size()};
        if (padded.substr(0, padded.find('\0')) == name) {
            return SectionReader{*blocks_, section, entry_size};
        }
    }
    return std::nullopt;
}

Result<std::unique_ptr<IndexFile>> IndexFile::open(std::unique_ptr<File> file, std::string path,
                                                   const IndexOwner& owner) {
    auto blocks = BlockReader::open(std::move(file), path, owner.salt);
    if (!blocks) return blocks.error();
    const auto content = (*blocks)->block(0);
    if (!content) return content.error();
    const auto header = load<IndexHeader>(*content);
    if (header.magic != index_magic || header.version != index_version ||
        header.section_count > index_sections_most) {
        return Error{StoreError::damaged, path + ": is an index of another version"};
    }
    if (header.first_position != owner.first_position || header.event_count != owner.event_count) {
        return Error{StoreError::damaged, path + ": is the index of another segment"};
    }
    std::unique_ptr<IndexFile> index{new IndexFile{*std::move(blocks), header}};
    SectionReader terms;
    SectionReader skips;
    SectionReader postings;
    const auto assign = [&](SectionReader& to, std::string_view name, std::size_t entry_size) {
        const auto found = index->section(name, entry_size);
        if (found) to = *found;
        return found.has_value();
    };
    if (!assign(index->streams_, "streams", 1) ||
        !assign(index->names_, "names", sizeof(std::uint32_t)) ||
        !assign(index->hashes_, "hashes", sizeof(HashEntry)) ||
        !assign(index->requests_, "requests", sizeof(RequestEntry)) ||
        !assign(index->offsets_, "offsets", sizeof(std::uint32_t)) ||
        !assign(terms, "terms", sizeof(HashEntry)) || !assign(postings, "postings", 1) ||
        !assign(skips, "skips", sizeof(SkipEntry))) {
        return Error{StoreError::damaged, path + ": a section is missing"};
    }
    index->terms_ = {terms, skips, postings, static_cast<Ordinal>(header.event_count)};
    return index;
}

Result<IndexFile::Entry> IndexFile::entry_at(std::uint32_t where) const {
    SectionCursor cursor{streams_, where};
    const auto next = [&] { return cursor.next(); };
    Entry entry;
    const int length = cursor.next();
    for (int i = 0; i < length; ++i) entry.name.push_back(static_cast<char>(cursor.next()));
    std::uint64_t events = 0;
    std::uint64_t last = 0;
    const bool whole = length > 0 && take_varint(next, entry.span.first.value) &&
                       take_varint(next, events) && take_varint(next, last);
    if (cursor.error()) return *cursor.error();
    if (!whole || events == 0 || last >= header_.event_count) return streams_.beyond();
    entry.span.last = {entry.span.first.value + events - 1};
    entry.span.last_ordinal = static_cast<Ordinal>(last);
    entry.span.where = where;
    return entry;
}

Result<std::optional<StreamSpan>> IndexFile::find(const StreamKey& key, Ordinal) const {
    const auto first = first_not_below<HashEntry>(hashes_, key.hash);
    if (!first) return first.error();
    const std::uint64_t count = hashes_.size() / sizeof(HashEntry);
    for (std::uint64_t i = *first; i < count; ++i) {
        const auto hash = hashes_.entry<HashEntry>(i);
        if (!hash) return hash.error();
        if (hash->hash != key.hash) break;
        const auto entry = entry_at(hash->where);
        if (!entry) return entry.error();
        if (entry->name == key.name) return std::optional{entry->span};
    }
    return std::optional<StreamSpan>{};
}

Result<void> IndexFile::ordinals(const StreamSpan& span, Version from, Version to,
                                 std::vector<Ordinal>& out) const {
    SectionCursor cursor{streams_, span.where};
    const auto next = [&] { return cursor.next(); };
    const int length = cursor.next();
    for (int i = 0; i < length; ++i) cursor.next();
    std::uint64_t number = 0;
    for (int i = 0; i < 3; ++i) static_cast<void>(take_varint(next, number));
    std::uint64_t ordinal = 0;
    const std::uint64_t last = std::min(to.value, span.last.value);
    for (std::uint64_t version = span.first.value; version <= last; ++version) {
        if (!take_varint(next, number)) return cursor.error() ? *cursor.error() : streams_.beyond();
        ordinal += number;
        if (ordinal >= header_.event_count) return streams_.beyond();
        if (version >= from.value) out.push_back(static_cast<Ordinal>(ordinal));
    }
    return {};
}

Result<void> IndexFile::offsets(Ordinal first, Ordinal last,
                                std::vector<std::uint32_t>& out) const {
    constexpr std::size_t entry_size = sizeof(std::uint32_t);
    std::uint64_t at = first;
    while (at <= last) {
        const auto bytes = offsets_.at(at * entry_size);
        if (!bytes) return bytes.error();
        const std::uint64_t here =
            std::min<std::uint64_t>(bytes->size() / entry_size, last - at + 1);
        if (here == 0) return offsets_.beyond();
        const std::size_t begin = out.size();
        out.resize(begin + here);
        std::memcpy(&out[begin], bytes->data(), here * entry_size);
        at += here;
    }
    return {};
}

Result<void> IndexFile::requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const {
    const auto first = first_not_below<RequestEntry>(requests_, id_hash);
    if (!first) return first.error();
    const std::uint64_t count = requests_.size() / sizeof(RequestEntry);
    for (std::uint64_t i = *first; i < count; ++i) {
        const auto entry = requests_.entry<RequestEntry>(i);
        if (!entry) return entry.error();
        if (entry->hash != id_hash) break;
        if (entry->ordinal >= header_.event_count) return requests_.beyond();
        out.push_back(entry->ordinal);
    }
    return {};
}

Result<std::uint64_t> IndexFile::first_name_from(std::string_view prefix,
                                                 std::string_view after) const {
    std::uint64_t low = 0;
    std::uint64_t high = names_.size() / sizeof(std::uint32_t);
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto where = names_.entry<std::uint32_t>(middle);
        if (!where) return where.error();
        const auto entry = entry_at(*where);
        if (!entry) return entry.error();
        const bool before = entry->name < prefix || entry->name <= after;
        (before ? low : high) = before ? middle + 1 : middle;
    }
    return low;
}

Result<void> IndexFile::list(std::string_view prefix, std::string_view after, std::size_t limit,
                             Ordinal, std::vector<StreamInfo>& out) const {
    const auto first = first_name_from(prefix, after);
    if (!first) return first.error();
    const std::uint64_t count = names_.size() / sizeof(std::uint32_t);
    for (std::uint64_t i = *first; i < count && i - *first < limit; ++i) {
        const auto where = names_.entry<std::uint32_t>(i);
        if (!where) return where.error();
        auto entry = entry_at(*where);
        if (!entry) return entry.error();
        if (!entry->name.starts_with(prefix)) break;
        out.push_back({std::move(entry->name), entry->span.last, {entry->span.last_ordinal}});
    }
    return {};
}

}  // namespace mainstem::log
