// Looks names, requests and offsets up in an index file.
#include "log/index_file.hpp"

#include <algorithm>

#include <mainstem/store/append.hpp>

#include "log/hash_entries.hpp"
#include "log/varint.hpp"

namespace mainstem::log {
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
                                                   const IndexOwner& owner, PageCache& pages) {
    auto blocks = BlockReader::open(std::move(file), path, owner.salt, pages);
    if (!blocks) return blocks.error();
    IndexHeader header;
    const auto looked = (*blocks)->look(
        0, [&header](const std::byte* content) { header = load<IndexHeader>(content); });
    if (!looked) return looked.error();
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
    SectionReader filter;
    const auto assign = [&](SectionReader& to, std::string_view name, std::size_t entry_size) {
        const auto found = index->section(name, entry_size);
        if (found) to = *found;
        return found && found->is_within_file();
    };
    if (!assign(index->streams_, "streams", 1) ||
        !assign(index->names_, "names", sizeof(std::uint32_t)) ||
        !assign(index->hashes_, "hashes", sizeof(HashEntry)) ||
        !assign(index->requests_, "requests", sizeof(RequestEntry)) ||
        !assign(index->offsets_, "offsets", sizeof(std::uint32_t)) ||
        !assign(terms, "terms", sizeof(HashEntry)) || !assign(postings, "postings", 1) ||
        !assign(skips, "skips", sizeof(SkipEntry)) || !assign(filter, "filter", filter_line)) {
        return Error{StoreError::damaged, path + ": a section is missing or cut"};
    }
    index->filter_ = IndexFilter{filter};
    index->terms_ = {index->filter_, terms, skips, postings,
                     static_cast<Ordinal>(header.event_count)};
    return index;
}

Result<void> IndexFile::check_blocks() const {
    for (std::uint32_t block = 0; block < blocks_->count(); ++block) {
        const auto looked = blocks_->look(block, [](const std::byte*) {});
        if (!looked) return looked;
    }
    return {};
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
    if (!key.passed_filter) {
        const auto may_hold = filter_.may_hold(key.hash);
        if (!may_hold) return may_hold.error();
        if (!*may_hold) return std::optional<StreamSpan>{};
    }
    EntriesWithHash<HashEntry> candidates{hashes_, key.hash};
    for (;;) {
        const auto candidate = candidates.next();
        if (!candidate) return candidate.error();
        if (!*candidate) return std::optional<StreamSpan>{};
        const auto entry = entry_at((*candidate)->where);
        if (!entry) return entry.error();
        if (entry->name == key.name) return std::optional{entry->span};
    }
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
    const std::size_t before = out.size();
    const std::size_t in_block = offsets_.in_block() / entry_size;
    for (std::uint64_t at = first; at <= last;) {
        const std::uint64_t here =
            std::min<std::uint64_t>(std::uint64_t{last} - at + 1, in_block - at % in_block);
        const std::size_t begin = out.size();
        out.resize(begin + here);
        const auto bytes = std::as_writable_bytes(std::span{out}.subspan(begin));
        const auto got = offsets_.read(at * entry_size, bytes);
        if (!got || *got < bytes.size()) {
            out.resize(before);
            return got ? offsets_.beyond() : got.error();
        }
        at += here;
    }
    return {};
}

Result<void> IndexFile::requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const {
    EntriesWithHash<RequestEntry> entries{requests_, id_hash};
    for (;;) {
        const auto entry = entries.next();
        if (!entry) return entry.error();
        if (!*entry) return {};
        if ((*entry)->ordinal >= header_.event_count) return requests_.beyond();
        out.push_back((*entry)->ordinal);
    }
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
