// Reading segments and choosing, opening, writing and rebuilding their indexes.
#include "log/segment.hpp"

#include <fmt/format.h>

#include <mainstem/core/assert.hpp>
#include <mainstem/store/append.hpp>

#include "core/replace_file.hpp"
#include "log/header.hpp"
#include "log/index_file.hpp"
#include "log/index_writer.hpp"

namespace mainstem::log {

bool add_frame(MemoryIndex& index, const ScannedFrame& frame) {
    if (frame.events.empty()) return true;
    index.add_request(frame.events.front().id);
    std::vector<TermKey> terms;
    for (std::size_t i = 0; i < frame.events.size(); ++i) {
        const EventView& event = frame.events[i];
        const StreamKey key{event.stream};
        MemoryIndex::Stream* stream = index.find(key);
        if (stream == nullptr) {
            stream = &index.add_stream(key, event.version);
        } else if (event.version != stream->last().next()) {
            return false;
        }
        terms_of(event, terms);
        index.add_event(*stream, frame.offsets[i], terms);
    }
    return true;
}

Segment::Segment(std::shared_ptr<const SegmentContext> context, const SegmentHeader& header,
                 std::unique_ptr<File> file, std::unique_ptr<MemoryIndex> index)
    : context_(std::move(context)),
      first_{header.first_position},
      pages_(context_->pages->add_file()),
      open_(true),
      header_(header),
      file_(std::move(file)),
      memory_index_(index.get()),
      index_(std::move(index)) {}

Segment::Segment(std::shared_ptr<const SegmentContext> context, Position first, Ordinal count)
    : context_(std::move(context)), first_(first), pages_(context_->pages->add_file()) {
    publish({count, 0});
}

Error Segment::damaged_at(std::uint64_t offset, Position position, Verdict verdict) const {
    if (verdict == Verdict::newer) {
        return {StoreError::newer_format,
                fmt::format("{}: what stands at byte {}, position {} was written by a newer "
                            "version; use that to read it",
                            path(), offset, position.value)};
    }
    return {StoreError::damaged,
            fmt::format("{}: damaged at byte {}, position {}; see `mainstem verify`", path(),
                        offset, position.value)};
}

Result<void> Segment::ensure_open() {
    if (open_.load(std::memory_order_acquire)) return {};
    const std::lock_guard lock{mutex_};
    if (open_.load(std::memory_order_relaxed)) return {};
    auto file = context_->disk->open(path(), FileMode::read);
    if (!file) return store_error(file.error());
    std::array<std::byte, sizeof(SegmentHeader)> bytes{};
    const auto read = (*file)->read_at(bytes, 0);
    if (!read) return store_error(read.error());
    const Verdict verdict = parse(ByteSpan{bytes}.first(*read), header_);
    if (verdict == Verdict::newer) {
        return Error{StoreError::newer_format,
                     path() + ": was written by a newer version; use that to open it"};
    }
    if (verdict == Verdict::invalid || header_.store_id != context_->store_id ||
        header_.first_position != first_.value) {
        return damaged_at(0, first_);
    }
    const auto size = (*file)->size();
    if (!size) return store_error(size.error());
    publish({visible().count, static_cast<std::uint32_t>(*size)});
    file_ = *std::move(file);
    open_.store(true, std::memory_order_release);
    return {};
}

Result<void> Segment::read(std::span<std::byte> to, std::uint64_t offset) {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    const auto read = file_->read_at(to, offset);
    if (!read) return store_error(read.error());
    if (*read < to.size()) {
        return Error{StoreError::damaged,
                     fmt::format("{}: ends at byte {}, before its data; see `mainstem verify`",
                                 path(), offset + *read)};
    }
    return {};
}

/// Copies the range out of the cache, or says what is missed of the file.
bool Segment::is_cached(const FileRange& range, Missed& missed) const {
    constexpr std::uint64_t page = PageCache::page_size;
    constexpr std::uint64_t few_pages = 4;
    const std::uint64_t begin = range.offset / page * page;
    const std::uint64_t end = (range.offset + range.to.size() + page - 1) / page * page;
    // What is not visible yet may still change.
    const bool stays = end - begin <= few_pages * page && end <= visible().end;
    PageCache& cache = *context_->pages;
    if (stays && cache.copy(pages_, range.offset, range.to)) return true;
    missed.begin = begin;
    missed.size = stays && cache.admits(pages_, begin) ? end - begin : 0;
    return false;
}

Result<void> Segment::read_scattered(std::span<FileRange> ranges) {
    std::vector<Missed> missed;
    for (FileRange& range : ranges) {
        Missed one{.range = &range};
        if (!is_cached(range, one)) missed.push_back(one);
    }
    return missed.empty() ? Result<void>{} : read_missed(missed);
}

/// Reads all of them at once, with the pages around those that are to be kept.
Result<void> Segment::read_missed(std::span<const Missed> missed) {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    std::size_t bytes = 0;
    for (const Missed& one : missed) bytes += one.size;
    const auto pages = std::make_unique_for_overwrite<std::byte[]>(bytes);
    std::span<std::byte> free{pages.get(), bytes};
    std::vector<FileRange> reads;
    reads.reserve(missed.size());
    for (const Missed& one : missed) {
        if (one.size == 0) {
            reads.push_back(*one.range);
        } else {
            reads.push_back({free.first(one.size), one.begin});
            free = free.subspan(one.size);
        }
    }
    const auto done = file_->read_each(reads);
    if (!done) return store_error(done.error());
    for (std::size_t i = 0; i < missed.size(); ++i) {
        const FileRange& range = *missed[i].range;
        if (reads[i].got < reads[i].to.size()) {
            // A file that was cut behind what is asked for can be read up to there.
            const auto again = read(range.to, range.offset);
            if (!again) return again;
        } else if (missed[i].size > 0) {
            const std::size_t at = range.offset - missed[i].begin;
            std::memcpy(range.to.data(), &reads[i].to[at], range.to.size());
            context_->pages->put(pages_, missed[i].begin, reads[i].to);
        }
    }
    return {};
}

Result<std::uint64_t> Segment::salt() {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    return header_.salt;
}

Result<Timestamp> Segment::begins_at() {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    return Timestamp{std::chrono::microseconds{header_.first_recorded_at}};
}

Result<Extent> Segment::extent() {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    return visible();
}

Result<std::shared_ptr<const SegmentIndex>> Segment::index() {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    const std::lock_guard lock{mutex_};
    if (index_) return index_;
    auto found = open_index();
    if (!found) {
        if (found.error() == DiskError::too_many_open) return store_error(found.error());
        context_->notice(found.error().message() + "; making it anew from the log");
        found = rebuild_index();
    }
    if (!found) return found.error();
    index_ = *std::move(found);
    return index_;
}

Result<std::shared_ptr<const SegmentIndex>> Segment::index_in_order() {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    const std::lock_guard lock{mutex_};
    if (index_) return index_;
    auto found = open_index();
    if (found) index_ = *found;
    return found;
}

Bytes Segment::index_memory() {
    const std::lock_guard lock{mutex_};
    return {memory_index_ == nullptr ? 0 : memory_index_->bytes()};
}

bool Segment::index_failed(const Error& error, const SegmentIndex& index) {
    const std::lock_guard lock{mutex_};
    if (&index == memory_index_) return false;
    if (&index == index_.get()) {
        context_->notice(error.message() + "; making it anew from the log");
        auto rebuilt = rebuild_index();
        if (!rebuilt) return false;
        index_ = *std::move(rebuilt);
    }
    return true;
}

Result<std::shared_ptr<const SegmentIndex>> Segment::open_index() {
    const std::string path = context_->directory.index(first_);
    auto file = context_->disk->open(path, FileMode::read);
    if (!file) return file.error();
    const IndexOwner owner{first_.value, visible().count, header_.salt};
    auto index = IndexFile::open(*std::move(file), path, owner, *context_->pages);
    if (!index) return index.error();
    return std::shared_ptr<const SegmentIndex>{*std::move(index)};
}

/// The index that a scan of the segment gives; none if `go_on` ended that.
Result<std::shared_ptr<MemoryIndex>> Segment::scan_index(const GoOn& go_on) {
    const auto size = file_->size();
    if (!size) return store_error(size.error());
    auto index = std::make_shared<MemoryIndex>();
    FrameScanner scanner{*file_, header_, *size};
    bool versions_follow = true;
    while (versions_follow) {
        if (go_on && !go_on(scanner.offset())) return std::shared_ptr<MemoryIndex>{};
        const auto frame = scanner.next();
        if (!frame) return store_error(frame.error());
        if (*frame == nullptr) break;
        versions_follow = add_frame(*index, **frame);
    }
    if (!versions_follow || index->size() != visible().count) {
        return damaged_at(scanner.offset(), {first_.value + index->size()},
                          scanner.stop() ? scanner.stop()->verdict : Verdict::invalid);
    }
    return index;
}

/// The index that a scan of the segment gives, from its new file. It stays in memory where it may
/// not or cannot be written, or where a file that was made anew has failed again.
Result<std::shared_ptr<const SegmentIndex>> Segment::rebuild_index() {
    auto index = scan_index();
    if (!index) return index.error();
    if (context_->writable) {
        auto in_file = move_to_file(**index);
        if (!in_file) context_->notice(in_file.error().message());
        if (in_file && !std::exchange(made_anew_, true)) return in_file;
    }
    memory_index_ = index->get();
    return std::shared_ptr<const SegmentIndex>{*std::move(index)};
}

Result<bool> Segment::make_index_file(const GoOn& go_on) {
    const auto opened = ensure_open();
    if (!opened) return opened.error();
    const std::lock_guard lock{mutex_};
    if (index_) return false;
    const auto index = scan_index(go_on);
    if (!index) return index.error();
    if (*index == nullptr) return false;
    const auto written = write_index_file(**index);
    if (!written) return store_error(written.error());
    return true;
}

Result<std::shared_ptr<const SegmentIndex>> Segment::move_to_file(const MemoryIndex& index) {
    const auto written = write_index_file(index);
    if (!written) return written.error();
    return open_index();
}

Result<void> Segment::write_index_file(const MemoryIndex& index) {
    const auto end = file_->size();
    if (!end) return end.error();
    return replace_file(*context_->disk, context_->directory.index(first_), [&](File& file) {
        return log::write_index(index, header_, *end, sink_of(file));
    });
}

void Segment::use_index_file() {
    const std::lock_guard lock{mutex_};
    if (memory_index_ == nullptr) return;
    auto in_file = open_index();
    if (!in_file) return;
    index_ = *std::move(in_file);
    memory_index_ = nullptr;
}

void Segment::write_index() {
    std::shared_ptr<const SegmentIndex> in_memory;
    {
        const std::lock_guard lock{mutex_};
        if (memory_index_ == nullptr) return;
        in_memory = index_;
    }
    auto in_file = move_to_file(static_cast<const MemoryIndex&>(*in_memory));
    if (!in_file) {
        context_->notice(in_file.error().message());
        return;
    }
    const std::lock_guard lock{mutex_};
    index_ = *std::move(in_file);
    memory_index_ = nullptr;
}

}  // namespace mainstem::log
