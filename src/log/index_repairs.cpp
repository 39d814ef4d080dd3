// Looks first and repairs then, so that progress can be told by numbers.
#include "log/index_repairs.hpp"

#include <fmt/format.h>

#include "log/index_files.hpp"

namespace mainstem::log {
namespace {

std::string why(const IndexStatus& status) {
    switch (status.state) {
        case IndexStatus::State::missing: return status.file + ": is missing";
        case IndexStatus::State::other_version: return status.file + ": is of another version";
        default: return status.what;
    }
}

}  // namespace

void IndexRepairs::step(const GoOn& go_on) {
    if (next_ < sealed_.size()) {
        look();
    } else if (!broken_.empty()) {
        make(go_on);
    }
}

/// By way of a segment of its own, so that thousands that nobody reads are not kept open.
void IndexRepairs::look() {
    const auto& segment = sealed_[next_++];
    Segment unread{segment->context(), segment->first(), segment->visible().count};
    const auto status = look_at_index(unread, IndexLook::header);
    if (!status) {
        segment->context()->notice(status.error().message());
    } else if (status->state != IndexStatus::State::present) {
        broken_.push_back({segment, why(*status)});
    }
    if (next_ == sealed_.size()) sealed_ = {}, next_ = 0;
}

void IndexRepairs::make(const GoOn& go_on) {
    const Broken& broken = broken_[done_++];
    const SegmentContext& context = *broken.segment->context();
    const auto made = broken.segment->make_index_file(go_on);
    if (!made) {
        context.notice(made.error().message());
    }
    if (made && *made) {
        context.notice(fmt::format("{}; made anew from the log ({} of {})", broken.why, done_,
                                   broken_.size()));
    }
    const bool is_hopeless = !made && made.error() != StoreError::damaged;
    if (is_hopeless || done_ == broken_.size()) broken_ = {};
}

}  // namespace mainstem::log
