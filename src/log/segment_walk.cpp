// Asks joined filters.
#include "log/segment_walk.hpp"

#include "log/joined_filters.hpp"

namespace mainstem::log {

Result<std::uint64_t> Sought::holders(const JoinedFilter& filter) const {
    if (stream_) return filter.holders(*stream_);
    std::uint64_t any_item = 0;
    for (std::size_t i = 0; i < query_->size(); ++i) {
        const TermItem item = query_->item(i);
        std::uint64_t holders = ~std::uint64_t{0};
        for (const TermKey& tag : item.tags) {
            const auto of_tag = filter.holders(tag.hash);
            if (!of_tag) return of_tag;
            holders &= *of_tag;
            if (holders == 0) break;
        }
        if (!item.types.empty() && holders != 0) {
            std::uint64_t any_type = 0;
            for (const TermKey& type : item.types) {
                const auto of_type = filter.holders(type.hash);
                if (!of_type) return of_type;
                any_type |= *of_type;
            }
            holders &= any_type;
        }
        any_item |= holders;
    }
    return any_item;
}

std::optional<std::size_t> SegmentWalk::next(const Sought& sought) {
    while (next_ != end_) {
        const std::size_t segment = forward_ ? next_++ : --next_;
        if (sought.anywhere() || passes(segment, sought)) return segment;
    }
    return std::nullopt;
}

/// True if the segment may hold it. A filter that cannot be read tells nothing.
bool SegmentWalk::passes(std::size_t segment, const Sought& sought) {
    if (segment < known_first_ || segment >= known_end_) {
        const SegmentContext& context = *list_->front()->context();
        known_first_ = segment;
        known_end_ = segment + 1;
        holders_ = 1;
        if (const auto filter = context.filters->of(*list_, segment)) {
            if (const auto holders = sought.holders(*filter)) {
                known_first_ = segment / filter->segment_count() * filter->segment_count();
                known_end_ = known_first_ + filter->segment_count();
                holders_ = *holders;
            } else {
                context.filters->give_up(context, *filter, holders.error());
            }
        }
    }
    return (holders_ >> (segment - known_first_) & 1) != 0;
}

}  // namespace mainstem::log
