// The joined filters of a store: of each eight sealed segments in a row, and of each sixty-four,
// which then take the place of eight files. Which segments stand together depends on their numbers
// alone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "log/filter_join.hpp"
#include "log/joined_filter.hpp"
#include "log/segment.hpp"

namespace mainstem::log {

/// Thread-safe. A list is one of the store that this belongs to.
class JoinedFilters {
public:
    /// The filter of segment `index` and its neighbours, the first of which is the segment whose
    /// number is the next multiple of its segment count down; null: there is none that can be used.
    [[nodiscard]] std::shared_ptr<const JoinedFilter> of(const SegmentList& list,
                                                         std::size_t index);

    /// Uses it no more, since it gave this error. A writer removes it, and makes it anew with those
    /// that are missing.
    void give_up(const SegmentContext& context, const JoinedFilter& filter, const Error& error);

    /// Writes those that are missing and whose segments all have index files; ends early if
    /// `stopped()`. One that cannot be written is told as a notice, and tried again at the next
    /// opening. One thread at a time.
    void make_missing(const SegmentList& list, const std::function<bool()>& stopped);

private:
    /// Segments that stand together.
    struct Group {
        std::size_t first = 0;
        std::size_t count = 0;
    };
    struct Place {
        std::shared_ptr<const JoinedFilter> filter;
        std::size_t looked_at = 0;  ///< so many sealed segments, when its files were looked for
        std::size_t failed = 0;     ///< of so many segments one could not be written
    };

    Result<std::shared_ptr<const JoinedFilter>> open(const SegmentList& list, Group group);
    void put(Group group, const std::shared_ptr<const JoinedFilter>& filter);
    [[nodiscard]] bool is_wanted(const SegmentList& list, Group group);
    void make(const SegmentList& list, Group group, const std::function<bool()>& stopped);
    Result<std::vector<FilterSource>> sources_of(const SegmentList& list, Group group);
    Result<void> write(const SegmentList& list, Group group, std::span<const FilterSource> sources,
                       const std::function<bool()>& stopped);
    void fail(Group group);

    std::mutex mutex_;
    std::vector<Place> places_;  ///< of each `few_joined` segments
};

/// A joined filter that does not say what its indexes say.
struct JoinedFilterDamage {
    std::string file;  ///< path
    Position first;    ///< of its segments
    std::string what;
};

/// Compares the joined filters that there are with the index files of their segments; those of
/// which an index is not in order are left out. Errors: of the segments.
Result<std::vector<JoinedFilterDamage>> check_joined_filters(const SegmentList& list);

/// Removes all of them: the next writer makes them anew.
void remove_joined_filters(const SegmentList& list);

}  // namespace mainstem::log
