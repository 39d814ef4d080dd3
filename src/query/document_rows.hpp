// The answer to a query for documents, as it grows.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/document_query.hpp"
#include "query/values.hpp"

namespace mainstem::query {

/// With a limit it holds no more documents than are asked for, offset and limit together: the
/// first of those that it was given, as a heap whose front is the last of them.
class DocumentRows {
public:
    explicit DocumentRows(const DocumentQuery& query);

    /// A document for which the query's filter holds. O(log of those that are held).
    void add(const DocumentView& document);
    [[nodiscard]] Result<Page> finish();

private:
    struct Row {
        std::vector<FieldValue> keys;
        std::string id;
        Position version;
        std::string json;
    };
    template <class One, class Other>
    [[nodiscard]] bool before(const One& one, std::string_view one_id, const Other& other,
                              std::string_view other_id) const noexcept;
    [[nodiscard]] bool before(const Row& one, const Row& other) const noexcept {
        return before(one.keys, one.id, other.keys, other.id);
    }
    [[nodiscard]] Row make_row(const DocumentView& document) const;

    const DocumentQuery& query_;
    std::uint64_t most_;
    std::optional<Result<PageMark>> after_;
    std::vector<Row> rows_;
    std::uint64_t found_ = 0;      ///< also those that are not held
    std::vector<ValueView> keys_;  ///< of the document in hand
};

}  // namespace mainstem::query
