// Looking from the end of a segment back.
#include "log/last_match.hpp"

#include <algorithm>

#include "log/event_reader.hpp"

namespace mainstem::log {
namespace {

Result<bool> matches(Segment& segment, const EventQuery& query, Ordinal ordinal) {
    EventReader reader;
    EventPage page;
    const auto read = reader.read(segment, {&ordinal, 1}, page);
    if (!read) return read.error();
    return query.matches(*page.front());
}

}  // namespace

Result<std::optional<Ordinal>> last_candidate(const SegmentIndex& index, const TermQuery& query,
                                              OrdinalRange range, bool passed_filter) {
    std::optional<Ordinal> last;
    if (range.empty()) return last;
    if (query.open()) return std::optional{range.end - 1};
    std::vector<Ordinal> found;
    for (std::size_t i = 0; i < query.size(); ++i) {
        found.clear();
        const auto looked =
            index.find_terms(query.item(i, passed_filter), range, Direction::backward, 1, found);
        if (!looked) return looked.error();
        if (found.empty()) continue;
        last = found.front();
        range.begin = found.front() + 1;  // what is before does not count any more
        if (range.empty()) break;
    }
    return last;
}

Result<std::optional<Ordinal>> last_match(Segment& segment, const TermQuery& query,
                                          OrdinalRange range, bool passed_filter) {
    for (;;) {
        bool exact = false;
        auto candidate = segment.with_index([&](const SegmentIndex& index) {
            exact = query.open() || index.exact();
            return last_candidate(index, query, range, passed_filter);
        });
        if (!candidate || !*candidate || exact) return candidate;
        const auto matched = matches(segment, query.query(), **candidate);
        if (!matched) return matched.error();
        if (*matched) return candidate;
        range.end = **candidate;
    }
}

}  // namespace mainstem::log
