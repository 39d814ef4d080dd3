// Filters joined. What holds always or never is left out where it decides nothing, and is all that
// stays where it decides everything, so that joined filters have one shape: lists of two parts or
// more, none of the kind of the list it is in, and empty lists alone.
#include <mainstem/query/filter.hpp>

#include <iterator>
#include <utility>

namespace mainstem {
namespace {

Filter list_of_none(Filter::Kind kind) {
    Filter filter;
    filter.kind = kind;
    return filter;
}

bool is_list_of_none(const Filter& filter, Filter::Kind kind) {
    return filter.kind == kind && filter.parts.empty();
}

Filter join(Filter::Kind kind, Filter one, Filter other) {
    const auto opposite =
        kind == Filter::Kind::all_of ? Filter::Kind::any_of : Filter::Kind::all_of;
    if (is_list_of_none(one, kind) || is_list_of_none(other, opposite)) return other;
    if (is_list_of_none(other, kind) || is_list_of_none(one, opposite)) return one;
    Filter joined = list_of_none(kind);
    if (one.kind == kind) {
        joined.parts = std::move(one.parts);
    } else {
        joined.parts.push_back(std::move(one));
    }
    if (other.kind == kind) {
        joined.parts.insert(joined.parts.end(), std::make_move_iterator(other.parts.begin()),
                            std::make_move_iterator(other.parts.end()));
    } else {
        joined.parts.push_back(std::move(other));
    }
    return joined;
}

}  // namespace

Filter operator&&(Filter one, Filter other) {
    return join(Filter::Kind::all_of, std::move(one), std::move(other));
}

Filter operator||(Filter one, Filter other) {
    return join(Filter::Kind::any_of, std::move(one), std::move(other));
}

Filter operator!(Filter one) {
    if (one.kind == Filter::Kind::negation && one.parts.size() == 1) {
        Filter part = std::move(one.parts.front());
        return part;
    }
    if (is_list_of_none(one, Filter::Kind::all_of)) return list_of_none(Filter::Kind::any_of);
    if (is_list_of_none(one, Filter::Kind::any_of)) return list_of_none(Filter::Kind::all_of);
    Filter opposite = list_of_none(Filter::Kind::negation);
    opposite.parts.push_back(std::move(one));
    return opposite;
}

}  // namespace mainstem
