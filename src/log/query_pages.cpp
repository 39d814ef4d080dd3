// Looking for what matches, a bounded number of events at a time.
#include "log/query_pages.hpp"

#include <algorithm>

namespace mainstem::log {
namespace {

/// What a step may cost, in events of a scan: a few milliseconds.
constexpr std::uint64_t work_of_step = 50'000;
/// What it costs to look into the index of a segment.
constexpr std::uint64_t work_of_segment = 500;
/// What it costs to look at a candidate.
constexpr std::uint64_t work_of_candidate = 10;
constexpr std::size_t candidates_at_once = 4096;
constexpr std::size_t scanned_at_once = 1000;

}  // namespace

QueryPages::QueryPages(std::shared_ptr<const SegmentList> list, PositionRange range,
                       const PositionRead& read, PlanChoice choice,
                       std::shared_ptr<const void> keep_open)
    : list_(std::move(list)),
      range_(range),
      query_(read.query),
      direction_(read.direction),
      left_(read.limit),
      page_events_(read.page_events),
      choice_(choice),
      keep_open_(std::move(keep_open)) {
    terms_.compile(query_);
    looked_at_ = forward() ? Position{range.first.value - 1} : range.last.next();
}

bool QueryPages::ended() const noexcept {
    return failed_ || left_ == 0 || (range_.empty() && at_ == looked_.size());
}

bool QueryPages::next(EventPage& page) {
    for (work_ = 0; !ended() && page.empty() && work_ < work_of_step;) {
        if (at_ == looked_.size()) {
            const auto done = look();
            // Events before it are shown; it comes after them.
            if (!done) looked_.emplace_back(done.error());
        }
        take(page);
    }
    return !ended();
}

/// Moves what matches from the events that were looked at to the page.
void QueryPages::take(EventPage& page) {
    for (; at_ < looked_.size() && page.size() < page_events_ && left_ > 0; ++at_) {
        Result<EventView>& event = looked_[at_];
        if (!event) {
            failed_ = true;
            page.push_back(event);
            return;
        }
        looked_at_ = event->position;
        if (!query_.matches(*event)) continue;
        page.push_back(event);
        --left_;
    }
    if (at_ == looked_.size()) looked_at_ = looked_end_;
}

/// Looks at the next events; perhaps at none, if there is nothing in what it passed over.
Result<void> QueryPages::look() {
    looked_.clear();
    at_ = 0;
    if (!segment_) {
        const auto begun = begin_segment();
        if (!begun || !segment_) return begun;
    }
    switch (way_) {
        case ReadPlan::Way::index: return look_by_index();
        case ReadPlan::Way::scan: return look_by_scan();
        case ReadPlan::Way::nothing: break;
    }
    pass(segment_end_);
    return {};
}

/// Everything up to there is looked at, or about to be compared.
void QueryPages::pass(Position upto) {
    looked_end_ = upto;
    (forward() ? range_.first : range_.last) = forward() ? upto.next() : Position{upto.value - 1};
    if (upto == segment_end_) segment_.reset();
}

/// Passes over segments that cannot have a match. False: all that is left was passed.
bool QueryPages::go_to_next_segment() {
    if (!walk_) {
        walk_.emplace(*list_, number_of(*list_, range_.first), number_of(*list_, range_.last) + 1,
                      direction_);
    }
    const Sought sought = choice_ == PlanChoice::scan ? Sought{} : Sought{terms_};
    const auto next = walk_->next(sought);
    if (!next) {
        looked_end_ = forward() ? range_.last : range_.first;
        range_.last = Position{range_.first.value - 1};
        return false;
    }
    segment_ = (*list_)[*next];
    if (forward()) {
        range_.first = std::max(range_.first, segment_->first());
    } else {
        range_.last = std::min(range_.last, Position{segment_->next_visible().value - 1});
    }
    return true;
}

Result<void> QueryPages::begin_segment() {
    if (!go_to_next_segment()) return {};
    const OrdinalRange range = ordinals_in(*segment_, range_);
    candidates_.clear();
    const auto plan =
        plan_segment(*segment_, terms_, range, choice_, walk_->passed_filter(), candidates_);
    if (!plan) return plan.error();
    const ReadPlan::Part& part = plan->part;
    way_ = part.way;
    segment_end_ = forward() ? part.last : part.first;
    candidate_ = 0;
    if (plan->knows_candidates) {
        candidates_end_ = segment_end_;
        if (!forward()) std::ranges::reverse(candidates_);
    } else {
        candidates_.clear();
        candidates_end_ = looked_end_;
    }
    work_ += work_of_segment;
    if (way_ == ReadPlan::Way::scan) {
        scan_.emplace(list_, part.first, part.last, direction_,
                      std::max(page_events_, scanned_at_once), keep_open_);
    }
    return {};
}

Result<void> QueryPages::look_by_scan() {
    const bool more = scan_->next(looked_);
    work_ += looked_.size();
    pass(more ? scan_->looked_at() : segment_end_);
    return {};
}

Result<void> QueryPages::look_by_index() {
    if (candidate_ == candidates_.size()) {
        const auto found = find_candidates(ordinals_in(*segment_, range_));
        if (!found) return found;
    }
    if (candidates_.empty()) {
        pass(candidates_end_);
        return {};
    }
    const auto rest = std::span{candidates_}.subspan(candidate_);
    const auto count =
        reader_.read(*segment_, rest.first(std::min(page_events_, rest.size())), looked_);
    if (!count) return count.error();
    candidate_ += *count;
    work_ += *count * work_of_candidate;
    pass(candidate_ == candidates_.size() ? candidates_end_ : looked_.back()->position);
    return {};
}

/// Asks the index for the next candidates in `range`: of each item some, and of these as many as
/// reach up to where all items were looked for.
Result<void> QueryPages::find_candidates(OrdinalRange range) {
    const std::size_t limit = std::max<std::size_t>(64, candidates_at_once / terms_.size());
    work_ += work_of_segment;
    candidate_ = 0;
    const auto found = segment_->with_index([&](const SegmentIndex& index) -> Result<void> {
        candidates_.clear();
        for (std::size_t i = 0; i < terms_.size(); ++i) {
            const TermItem item = terms_.item(i, walk_->passed_filter());
            if (item.types.empty() && item.tags.empty()) continue;
            of_item_.clear();
            const auto looked = index.find_terms(item, range, direction_, limit, of_item_);
            if (!looked) return looked;
            candidates_.insert(candidates_.end(), of_item_.begin(), of_item_.end());
            if (of_item_.size() < limit) continue;
            forward() ? range.end = of_item_.back() + 1 : range.begin = of_item_.back();
        }
        return {};
    });
    if (!found) return found;
    std::erase_if(candidates_,
                  [&](Ordinal ordinal) { return ordinal < range.begin || ordinal >= range.end; });
    std::ranges::sort(candidates_);
    const auto doubles = std::ranges::unique(candidates_);
    candidates_.erase(doubles.begin(), doubles.end());
    if (!forward()) std::ranges::reverse(candidates_);
    const std::uint64_t base = segment_->first().value;
    candidates_end_ = {base + (forward() ? range.end - 1 : range.begin)};
    return {};
}

}  // namespace mainstem::log
