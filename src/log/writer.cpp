// Staging, committing and rolling over.
#include "log/writer.hpp"

#include <algorithm>

#include <mainstem/core/assert.hpp>

#include "log/header.hpp"
#include "store/errors.hpp"

namespace mainstem::log {

namespace {

/// The answer to a request whose id is that of one which is staged with it.
Result<Appended> answer_staged(const Pending& staged, const EncodedRequest& request) {
    if (!same_events(staged.request, request)) return id_reused_error(request.id(), staged.first);
    Appended answer = answer_to(staged.request, staged.first, Durability::flushed);
    answer.repeated = true;
    return answer;
}

}  // namespace

Writer::Writer(OpenedLog& log, const LogConfig& config, Random random, Segments& segments,
               std::function<void(std::shared_ptr<Segment>)> on_sealed)
    : context_(log.context),
      config_(config),
      random_(random),
      segments_(&segments),
      on_sealed_(std::move(on_sealed)),
      active_(segments.list()->back()),
      list_(segments.list()),
      preallocation_(config.segment_size.value),
      flusher_(std::move(log.head), log.context->store_id, preallocation_),
      written_end_(log.end),
      staged_end_(log.end),
      next_(log.next),
      last_recorded_at_(log.last_recorded_at),
      written_position_(log.next.value - 1) {
    preallocation_.start(active_->file(), log.end);
    const auto read = read_tail();
    if (!read) fail(read.error());
    const auto started = flusher_.start(active_, written());
    if (!started) fail(started.error());
}

void Writer::serve(std::span<Pending* const> group) {
    group_ = group;
    if (!failure_ && flusher_.failed()) fail(*flusher_.failure());
    for (const Pending* pending : group) {
        const EncodedRequest& request = pending->request;
        if (request.writes()) {
            active().memory_index().prefetch(request.streams.front().key.hash,
                                             hash_of(request.id()));
        }
    }
    bool flush = false;
    for (Pending* pending : group) {
        flush |= pending->request.durability == Durability::flushed;
        if (!failure_) stage(*pending);
    }
    if (!failure_) {
        const auto committed = commit(flush);
        if (!committed) fail(committed.error());
    }
    const Durability reached = flush || !unflushed() ? Durability::flushed : Durability::buffered;
    for (Pending* pending : group) {
        pending->durability = reached;
        if (pending->outcome && *pending->outcome) (*pending->outcome)->durability = reached;
        if (failure_ && !pending->outcome && !pending->committed) {
            pending->outcome =
                Error{StoreError::stopped, "not stored, since a write has failed (" +
                                               failure_->message() + "); open the store again"};
        }
    }
}

void Writer::stage(Pending& pending) {
    EncodedRequest& request = pending.request;
    if (request.writes() && answer_repeat(pending)) return;
    if (!meets_expectations(pending)) return;
    if (!request.writes()) return;
    if (staged_end_ + request.frame.size() > config_.segment_size.value) {
        const auto rolled = make_room(request.frame.size());
        if (!rolled) {
            fail(rolled.error());
            return;
        }
        if (!meets_expectations(pending)) return;  // finds the streams in the new segment's index
    }
    assign_and_index(pending);
}

Result<std::optional<Result<Appended>>> Writer::find_repeat(const Pending& pending) {
    using Found = std::optional<Result<Appended>>;
    std::vector<Ordinal> candidates;
    static_cast<void>(active().memory_index().requests(hash_of(pending.request.id()), candidates));
    const Ordinal written =
        staged_.empty() ? active().memory_index().size() : staged_.front().ordinal;
    for (const Ordinal ordinal : candidates) {
        if (ordinal >= written) {
            const auto staged = std::ranges::find(staged_, ordinal, &Staged::ordinal);
            MAINSTEM_ASSERT(staged != staged_.end(), "a request in the index that is not staged");
            if (staged->request->request.id() != pending.request.id()) continue;
            return Found{answer_staged(*staged->request, pending.request)};
        }
        auto found = compare_stored(active(), ordinal, pending.request);
        if (!found || *found) return found;
    }
    if (pending.history) return Found{pending.history};
    return repeat_in(*list_, pending.sealed_segments_seen, list_->size() - 1, pending.request);
}

bool Writer::answer_repeat(Pending& pending) {
    auto found = find_repeat(pending);
    if (!found) {
        pending.outcome = found.error();
        return true;
    }
    if (*found) pending.outcome = **std::move(found);
    return pending.outcome.has_value();
}

Result<StreamHead> Writer::head_of(const Pending& pending, RequestStream& stream) {
    stream.entry = active().memory_index().find(stream.key);
    if (stream.entry != nullptr) {
        return StreamHead{stream.entry->last(),
                          {active().first().value + stream.entry->last_ordinal()}};
    }
    const auto newer = head_in(*list_, pending.sealed_segments_seen, list_->size() - 1, stream.key);
    if (!newer || newer->version.value != 0) return newer;
    return stream.history;
}

bool Writer::meets_expectations(Pending& pending) {
    const RequestStream* unmet = nullptr;
    StreamHead found;
    for (RequestStream& stream : pending.request.streams) {
        const auto head = head_of(pending, stream);
        if (!head) {
            pending.outcome = head.error();
            return false;
        }
        // Of several unmet expectations, the request's first is named.
        if (!stream.expected.met_by(head->version) &&
            (unmet == nullptr || stream.expectation < unmet->expectation)) {
            unmet = &stream;
            found = *head;
        }
        stream.version = head->version;
    }
    if (unmet == nullptr) return true;
    pending.outcome =
        conflict_error(unmet->key.name, unmet->expected, found.version, found.position);
    return false;
}

void Writer::assign_and_index(Pending& pending) {
    EncodedRequest& request = pending.request;
    MemoryIndex& index = active().memory_index();
    const std::uint64_t salt = active().header().salt;
    last_recorded_at_ = std::max(last_recorded_at_, config_.clock->now());
    pending.first = next_;

    FrameHeader header;
    header.stored_size = request.stored_size;
    header.decoded_size = request.stored_size;
    header.count = static_cast<std::uint32_t>(request.events.size());
    header.durable_offset = static_cast<std::uint32_t>(flusher_.durable_end());
    header.first_position = next_.value;
    seal(header, {salt, staged_end_});
    store(header, request.frame.data());

    staged_.push_back({&pending, index.size()});
    index.add_request(request.id());
    for (const RequestEvent& event : request.events) {
        RequestStream& stream = request.streams[event.stream];
        stream.version = stream.version.next();
        if (stream.entry == nullptr) stream.entry = &index.add_stream(stream.key, stream.version);
        assign(&request.frame[event.offset], event.checksum,
               {stream.version, last_recorded_at_, next_, salt});
        index.add_event(*stream.entry, static_cast<std::uint32_t>(staged_end_) + event.offset);
        next_ = next_.next();
    }
    parts_.emplace_back(request.frame);
    staged_end_ += request.frame.size();
}

Result<void> Writer::make_room(std::uint64_t size) {
    const auto committed = commit(true);
    if (!committed) return committed;
    if (written_end_ + size <= config_.segment_size.value) return {};
    return roll_over();
}

Result<void> Writer::commit(bool flush_wanted) {
    if (!staged_.empty()) {
        const auto written = write_staged();
        if (!written) return written;
    }
    if (flush_wanted) {
        const auto flushed = flusher_.flush(written());
        if (!flushed) return flushed;
    }
    publish();
    for (const Staged& staged : staged_) staged.request->committed = true;
    staged_.clear();
    handed_over_ = false;
    return {};
}

Result<void> Writer::write_staged() {
    const auto reserved = preallocation_.reserve(staged_end_);
    if (!reserved) return reserved;
    handed_over_ = true;
    const bool bulk = staged_end_ - written_end_ >= config_.bulk_write;
    const auto written = bulk ? write_blocks() : active().file().write_at(parts_, written_end_);
    if (!written) return written;
    keep_tail();
    parts_.clear();
    written_end_ = staged_end_;
    written_position_ = next_.value - 1;
    return {};
}

/// Writes what is staged in whole blocks: the beginning of the first one again, zeros to the end of
/// the last one.
Result<void> Writer::write_blocks() {
    static constexpr std::array<std::byte, disk_block> zeros{};
    const std::uint64_t before = written_end_ % disk_block;
    const std::uint64_t after = (disk_block - staged_end_ % disk_block) % disk_block;
    parts_.insert(parts_.begin(), ByteSpan{tail_}.first(before));
    parts_.push_back(ByteSpan{zeros}.first(after));
    const auto written = active().file().write_blocks_at(parts_, written_end_ - before);
    parts_.pop_back();
    parts_.erase(parts_.begin());
    return written;
}

/// Keeps the beginning of the last block, which is not full, as far as it is staged.
void Writer::keep_tail() {
    const std::uint64_t begin = staged_end_ - staged_end_ % disk_block;
    std::uint64_t at = written_end_;
    for (ByteSpan part : parts_) {
        const std::uint64_t end = at + part.size();
        if (end > begin) {
            if (at < begin) part = part.subspan(begin - at);
            std::memcpy(&tail_[end - part.size() - begin], part.data(), part.size());
        }
        at = end;
    }
}

Result<void> Writer::read_tail() {
    const std::uint64_t size = written_end_ % disk_block;
    const auto read = active().file().read_at(std::span{tail_}.first(size), written_end_ - size);
    if (!read) return store_error(read.error());
    MAINSTEM_ASSERT(*read == size, "a file that ends before what was written to it");
    return {};
}

void Writer::publish() {
    active().publish({active().memory_index().size(), static_cast<std::uint32_t>(written_end_)});
}

Result<void> Writer::roll_over() {
    MAINSTEM_ASSERT(staged_.empty() && flusher_.durable_end() == written_end_,
                    "a roll-over with data that is not on the disk");
    preallocation_.stop();
    const auto trimmed = flusher_.trim();
    if (!trimmed) return trimmed;

    SegmentHeader header;
    header.store_id = context_->store_id;
    header.first_position = next_.value;
    header.first_recorded_at = last_recorded_at_.time_since_epoch().count();
    header.salt = random_();
    header.number = static_cast<std::uint32_t>(list_->size() + 1);
    seal(header);
    auto file = create_segment(*config_.disk, context_->directory, header);
    if (!file) return file.error();

    auto sealed = active_;
    active_ = std::make_shared<Segment>(context_, header, *std::move(file),
                                        std::make_unique<MemoryIndex>());
    written_end_ = staged_end_ = sizeof header;
    publish();
    SegmentList list = *list_;
    list.push_back(active_);
    segments_->replace(std::move(list));
    list_ = segments_->list();
    preallocation_.start(active_->file(), written_end_);
    const auto read = read_tail();
    if (!read) return read;
    const auto started = flusher_.start(active_, written());
    if (!started) return started;
    const auto head_flushed = flusher_.flush_head();
    if (!head_flushed) return head_flushed;
    on_sealed_(std::move(sealed));
    return {};
}

void Writer::fail(const Error& error) {
    failure_ = error;
    const Error unknown{StoreError::outcome_unknown,
                        "it is not known whether the events are stored: " + error.message() +
                            "; open the store again and repeat the append with the same ids"};
    // Unknown is what the disk was given, and a repeat, which may rest on that. Of all others no
    // byte was written: they are answered as stopped.
    for (Pending* pending : group_) {
        if (pending->committed || !pending->outcome) continue;
        const bool repeat = pending->outcome->has_value();
        pending->outcome.reset();
        if (repeat) pending->outcome = unknown;
    }
    for (const Staged& staged : staged_) {
        if (handed_over_) staged.request->outcome = unknown;
    }
    staged_.clear();
    parts_.clear();
    preallocation_.stop();
}

void Writer::close() {
    if (failure_) return;
    const auto finish = [&]() -> Result<void> {
        const auto committed = commit(true);
        if (!committed) return committed;
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
