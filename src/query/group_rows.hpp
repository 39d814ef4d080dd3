// The answer to a query for groups, as it grows.
#pragma once

#include <map>
#include <vector>

#include "query/accumulator.hpp"
#include "query/document_query.hpp"
#include "query/values.hpp"

namespace mainstem::query {

/// Holds every group: which of them are asked for is known at the end only.
class GroupRows {
public:
    explicit GroupRows(const DocumentQuery& query) : query_(query) {}

    /// A document for which the query's filter holds. O(log of the groups).
    void add(const DocumentView& document);
    [[nodiscard]] Result<Page> finish();

private:
    using Key = std::vector<FieldValue>;
    /// Of keys and of views of keys.
    struct KeyOrder {
        using is_transparent = void;
        template <class One, class Other>
        bool operator()(const One& one, const Other& other) const noexcept {
            for (std::size_t i = 0; i < one.size(); ++i) {
                const auto order = compare(view_of(one[i]), view_of(other[i]));
                if (order != 0) return order < 0;
            }
            return false;
        }
    };

    const DocumentQuery& query_;
    std::map<Key, std::vector<Accumulator>, KeyOrder> groups_;
    std::vector<ValueView> key_;  ///< of the document in hand
};

}  // namespace mainstem::query
