// Flushing, one at a time.
#include "log/flusher.hpp"

#include "log/header.hpp"

namespace mainstem::log {

Result<void> Flusher::start(std::shared_ptr<Segment> segment, const Written& written) {
    const std::lock_guard lock{mutex_};
    if (failure_) return *failure_;
    segment_ = std::move(segment);
    durable_end_ = written.end;
    durable_position_ = written.last.value;
    return kept(write_head());
}

Result<void> Flusher::flush(const Written& written) {
    const std::lock_guard lock{mutex_};
    return flush_locked(written);
}

Result<void> Flusher::flush_visible() {
    const std::lock_guard lock{mutex_};
    const Extent visible = segment_->visible();
    return flush_locked({visible.end, {segment_->first().value + visible.count - 1}});
}

Result<void> Flusher::flush_locked(const Written& written) {
    if (failure_) return *failure_;
    if (written.end <= durable_end_) return {};
    const auto flushed = segment_->file().flush();
    if (!flushed) return kept(flushed);
    preallocation_->flushed(written.end - durable_end_);
    durable_end_ = written.end;
    durable_position_ = written.last.value;
    return kept(write_head());
}

Result<void> Flusher::trim() {
    const std::lock_guard lock{mutex_};
    if (failure_) return *failure_;
    File& file = segment_->file();
    const auto trimmed = file.resize(durable_end_);
    return kept(trimmed ? file.flush() : trimmed);
}

Result<void> Flusher::flush_head() {
    const std::lock_guard lock{mutex_};
    return kept(head_->flush());
}

std::optional<Error> Flusher::failure() const {
    const std::lock_guard lock{mutex_};
    return failure_;
}

Result<void> Flusher::write_head() {
    HeadRecord record;
    record.store_id = store_id_;
    record.segment = segment_->first().value;
    record.durable_offset = durable_end_;
    record.durable_position = durable_position_;
    seal(record);
    return head_->write_at(bytes_of(record), 0);
}

/// Keeps the error of what was done, if it has one.
Result<void> Flusher::kept(Result<void> done) {
    if (!done) {
        failure_ = done.error();
        failed_ = true;
    }
    return done;
}

}  // namespace mainstem::log
