// Taking in what another process has written.
#include "log/follower.hpp"

#include <algorithm>

#include <mainstem/store/append.hpp>

namespace mainstem::log {
namespace {

/// A HEAD that was made anew is seen after so long.
constexpr std::chrono::milliseconds longest_open{100};

}  // namespace

/// A writer writes HEAD in place as long as it is whole, so it can stay open. One that is missing
/// or broken is made anew, under the same name, by the next writer that opens: what was open before
/// then says nothing any more.
Result<std::optional<HeadRecord>> Follower::look_at_head() {
    const Timestamp now = config_.clock->now();
    const bool recent = now >= head_opened_at_ && now - head_opened_at_ < longest_open;
    if (head_ != nullptr && recent) {
        auto head = read_head(*head_, directory_);
        if (head && *head) return head;
    }
    head_.reset();
    auto file = config_.disk->open(directory_.head(), FileMode::read);
    if (!file && file.error() == DiskError::not_found) return std::optional<HeadRecord>{};
    if (!file) return store_error(file.error());
    head_ = *std::move(file);
    head_opened_at_ = now;
    return read_head(*head_, directory_);
}

Result<void> Follower::extend(Segment& segment, std::uint64_t durable) {
    Extent extent = segment.visible();
    FrameScanner scanner{segment.file(), segment.header(), durable};
    scanner.seek(extent.end, segment.next_visible());
    for (;;) {
        const auto frame = scanner.next();
        if (!frame) return store_error(frame.error());
        if (*frame == nullptr) break;
        if (!add_frame(segment.memory_index(), **frame)) {
            return segment.damaged_at((*frame)->offset, scanner.next_position());
        }
        extent = {segment.memory_index().size(), static_cast<std::uint32_t>(scanner.offset())};
    }
    if (const auto& stop = scanner.stop()) {
        return segment.damaged_at(stop->offset, stop->position, stop->verdict);
    }
    segment.publish(extent);
    return {};
}

/// The writer has gone on to segment `last`: takes in the rest of the one that was followed, then
/// those between, which are sealed.
Result<void> Follower::add_segments(std::uint64_t last) {
    SegmentList list = *segments_->list();
    // The writer has written the index of each of these by now, but perhaps for the newest.
    for (std::size_t i = 0; i + 1 < list.size(); ++i) list[i]->use_index_file();
    Segment& followed = *list.back();
    const auto size = followed.file().size();
    if (!size) return store_error(size.error());
    const auto extended = extend(followed, *size);
    if (!extended) return extended;

    const auto firsts = directory_.list_segments(*config_.disk);
    if (!firsts) return store_error(firsts.error());
    auto at = std::ranges::upper_bound(*firsts, followed.first());
    for (; at != firsts->end() && at->value < last && at + 1 != firsts->end(); ++at) {
        const auto count = static_cast<Ordinal>((at + 1)->value - at->value);
        list.push_back(std::make_shared<Segment>(followed.context(), *at, count));
    }
    const std::string path = directory_.segment({last});
    auto file = config_.disk->open(path, FileMode::read);
    if (!file) return store_error(file.error());
    const auto header = read_segment_header(**file, path);
    if (!header) return header.error();
    if (!*header) return Error{StoreError::damaged, path + ": the header is missing"};
    if ((*header)->number != 0 && (*header)->number != list.size() + 1) {
        return Error{StoreError::damaged, path + ": a segment before it is missing"};
    }
    auto segment = std::make_shared<Segment>(followed.context(), **header, *std::move(file),
                                             std::make_unique<MemoryIndex>());
    segment->publish({0, sizeof(SegmentHeader)});
    list.push_back(std::move(segment));
    segments_->replace(std::move(list));
    return {};
}

void Follower::open_head_anew() {
    const std::lock_guard lock{mutex_};
    head_.reset();
}

Result<void> Follower::refresh() {
    if (config_.up_to_damage) return {};  // what was found whole at opening stays what is shown
    const std::lock_guard lock{mutex_};
    const auto head = look_at_head();
    if (!head) return head.error();
    if (!*head || std::memcmp(&**head, &seen_, sizeof seen_) == 0) return {};
    const auto last = segments_->list()->back();
    if ((*head)->segment > last->first().value) {
        const auto added = add_segments((*head)->segment);
        if (!added) return added;
    }
    const auto current = segments_->list()->back();
    if ((*head)->segment == current->first().value &&
        (*head)->durable_offset > current->visible().end) {
        const auto extended = extend(*current, (*head)->durable_offset);
        if (!extended) return extended;
    }
    seen_ = **head;
    return {};
}

}  // namespace mainstem::log
