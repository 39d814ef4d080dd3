// Committing and rolling over.
#include "log/writer.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

#include "log/header.hpp"
#include "store/errors.hpp"

namespace mainstem::log {

Writer::Writer(OpenedLog& log, const LogConfig& config, Random random, Segments& segments,
               std::function<void(std::shared_ptr<Segment>)> on_sealed)
    : context_(log.context),
      config_(config),
      random_(random),
      segments_(&segments),
      on_sealed_(std::move(on_sealed)),
      active_(segments.list()->back()),
      preallocation_(config.segment_size.value),
      flusher_(std::move(log.head), log.context->store_id, preallocation_),
      decider_(*config.clock, config.segment_size.value, log.next, log.last_recorded_at),
      written_{log.end, {log.next.value - 1}},
      written_position_(log.next.value - 1),
      visible_position_(log.next.value - 1) {
    decider_.start(segments.list(), log.end);
    preallocation_.start(active_->file(), log.end);
    const auto read = read_tail();
    if (!read) fail(read.error());
    const auto started = flusher_.start(active_, written_);
    if (!started) fail(started.error());
}

std::size_t Writer::decide(std::span<Pending* const> requests, bool disk_is_free) {
    decider_.prefetch(requests);
    std::size_t count = 0;
    for (Pending* pending : requests) {
        if (!failed_.load(std::memory_order_acquire)) {
            auto decided = decider_.decide(*pending, growing_, flusher_.durable_end());
            if (decided != Decided::yes && !disk_is_free) break;
            MAINSTEM_ASSERT(decided != Decided::not_stored, "an event that is in no group");
            if (decided == Decided::no_room) decide_in_new_room(*pending);
        } else {
            pending->in_doubt = decider_.may_be_repeat(*pending);
        }
        growing_.flush |= pending->request.durability == Durability::flushed;
        ++count;
    }
    return count;
}

/// Splits the group: commits what was decided, and goes on in a new segment.
void Writer::decide_in_new_room(Pending& pending) {
    const auto made = make_room();
    if (!made) return fail(made.error());
    const Decided decided = decider_.decide(pending, growing_, flusher_.durable_end());
    MAINSTEM_ASSERT(decided == Decided::yes, "a request that fits into no segment");
}

Result<void> Writer::make_room() {
    const bool flush = std::exchange(growing_.flush, true);
    const auto stored = store(growing_);
    growing_.flush = flush;
    if (!stored) return stored;
    return roll_over();
}

void Writer::close_group() { std::swap(growing_, committing_); }

void Writer::commit(std::span<Pending* const> requests) {
    const bool flush = committing_.flush;
    if (!failure_ && flusher_.failed()) fail(*flusher_.failure());
    if (!failure_) {
        const auto stored = store(committing_);
        if (!stored) fail(stored.error());
    }
    const Durability reached = flush || !unflushed() ? Durability::flushed : Durability::buffered;
    for (Pending* pending : requests) {
        if (failure_ && !pending->committed) answer_failure(*pending);
        pending->durability = reached;
        if (pending->outcome && *pending->outcome) (*pending->outcome)->durability = reached;
    }
    committing_.clear();
}

/// Writes the group, flushes if it wants that, and shows it to readers.
Result<void> Writer::store(Group& group) {
    Result<void> done;
    if (!group.staged.empty()) {
        done = preallocation_.reserve(group.written.end);
        if (!done) return done;
        done = write(group);
    }
    if (done && group.flush) done = flusher_.flush(written_);
    for (const auto& [request, ordinal] : group.staged) {
        (done ? request->committed : request->in_doubt) = true;
    }
    if (!done || group.staged.empty()) return done;
    active_->publish({group.count, static_cast<std::uint32_t>(group.written.end)});
    visible_position_ = group.written.last.value;
    group.clear();
    return {};
}

Result<void> Writer::write(const Group& group) {
    const bool bulk = group.written.end - written_.end >= config_.bulk_write;
    const auto written =
        bulk ? write_blocks(group) : active_->file().write_at(group.parts, written_.end);
    if (!written) return written;
    keep_tail(group);
    written_ = group.written;
    written_position_ = written_.last.value;
    return {};
}

/// Writes the group in whole blocks: the beginning of the first one again, zeros to the end of the
/// last one.
Result<void> Writer::write_blocks(const Group& group) {
    static constexpr std::array<std::byte, disk_block> zeros{};
    const std::uint64_t before = written_.end % disk_block;
    const std::uint64_t after = (disk_block - group.written.end % disk_block) % disk_block;
    parts_.clear();
    parts_.push_back(ByteSpan{tail_}.first(before));
    parts_.insert(parts_.end(), group.parts.begin(), group.parts.end());
    parts_.push_back(ByteSpan{zeros}.first(after));
    return active_->file().write_blocks_at(parts_, written_.end - before);
}

/// Keeps the beginning of the last block, which is not full, as far as the group fills it.
void Writer::keep_tail(const Group& group) {
    const std::uint64_t begin = group.written.end - group.written.end % disk_block;
    std::uint64_t at = written_.end;
    for (ByteSpan part : group.parts) {
        const std::uint64_t end = at + part.size();
        if (end > begin) {
            if (at < begin) part = part.subspan(begin - at);
            std::memcpy(&tail_[end - part.size() - begin], part.data(), part.size());
        }
        at = end;
    }
}

Result<void> Writer::read_tail() {
    const std::uint64_t size = written_.end % disk_block;
    const auto read = active_->file().read_at(std::span{tail_}.first(size), written_.end - size);
    if (!read) return store_error(read.error());
    MAINSTEM_ASSERT(*read == size, "a file that ends before what was written to it");
    return {};
}

Result<void> Writer::roll_over() {
    MAINSTEM_ASSERT(growing_.staged.empty() && flusher_.durable_end() == written_.end,
                    "a roll-over with data that is not on the disk");
    preallocation_.stop();
    const auto trimmed = flusher_.trim();
    if (!trimmed) return trimmed;

    const auto list = segments_->list();
    SegmentHeader header;
    header.store_id = context_->store_id;
    header.first_position = written_.last.next().value;
    header.first_recorded_at = decider_.last_recorded_at().time_since_epoch().count();
    header.salt = random_();
    header.number = static_cast<std::uint32_t>(list->size() + 1);
    seal(header);
    auto file = create_segment(*config_.disk, context_->directory, header);
    if (!file) return file.error();

    auto sealed = active_;
    active_ = std::make_shared<Segment>(context_, header, *std::move(file),
                                        std::make_unique<MemoryIndex>());
    written_.end = sizeof header;
    active_->publish({0, static_cast<std::uint32_t>(written_.end)});
    SegmentList longer = *list;
    longer.push_back(active_);
    segments_->replace(std::move(longer));
    decider_.start(segments_->list(), written_.end);
    preallocation_.start(active_->file(), written_.end);
    const auto read = read_tail();
    if (!read) return read;
    const auto started = flusher_.start(active_, written_);
    if (!started) return started;
    const auto head_flushed = flusher_.flush_head();
    if (!head_flushed) return head_flushed;
    on_sealed_(std::move(sealed));
    return {};
}

std::optional<Error> Writer::failure() const {
    if (!failed_.load(std::memory_order_acquire)) return flusher_.failure();
    return failure_;
}

void Writer::fail(const Error& error) {
    failure_ = error;
    failed_.store(true, std::memory_order_release);
    preallocation_.stop();
}

/// Unknown is the outcome of what the disk was given, and of a repeat, which may rest on that. Of
/// all others no byte was written.
void Writer::answer_failure(Pending& pending) const {
    const std::string& reason = failure_->message();
    if (pending.in_doubt || (pending.outcome && pending.outcome->has_value())) {
        pending.outcome =
            Error{StoreError::outcome_unknown,
                  "it is not known whether the events are stored: " + reason +
                      "; open the store again and repeat the append with the same ids"};
    } else {
        pending.outcome = Error{StoreError::stopped, "not stored, since a write has failed (" +
                                                         reason + "); open the store again"};
    }
}

void Writer::close() {
    if (failure_) return;
    const auto finish = [&]() -> Result<void> {
        const auto flushed = flusher_.flush(written_);
        if (!flushed) return flushed;
        preallocation_.stop();
        const auto trimmed = flusher_.trim();
        if (!trimmed) return trimmed;
        return flusher_.flush_head();
    };
    const auto closed = finish();
    if (!closed) {
        context_->notice("the store did not close cleanly (" + closed.error().message() +
                         "); the next opening will check it");
    }
}

}  // namespace mainstem::log
