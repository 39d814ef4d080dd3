// Queries answered by looking at every document: what the memory backend does, and what others are
// compared with. Also what all backends share: values of fields, rows, and marks of pages.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/event/json_value.hpp>
#include <mainstem/query/query.hpp>

namespace mainstem::query {

/// A document whose JSON was parsed.
struct DocumentView {
    std::string_view id;
    Position version;
    std::string_view json;
    detail::JsonValue fields;
};

/// What a condition compares: null for what is not there, for lists and for objects.
[[nodiscard]] FieldValue value_at(const DocumentView& document, std::string_view path);

/// The filter was checked. Allocates nothing. O(its size, and that of the lists it looks into).
[[nodiscard]] bool matches(const Filter& filter, const DocumentView& document);

/// The value as JSON text; a number by what it is worth, so that 1.0 is `1`.
[[nodiscard]] std::string json_of(const FieldValue& value);
/// A row as the JSON object that a Document carries; the values are JSON texts, empty ones null.
[[nodiscard]] std::string row_json(const std::vector<std::string>& columns,
                                   const std::vector<std::string>& values);

/// Where a page ends: the values of the sort keys of its last document, and its id. As text:
/// base64url of JSON, bound to the sort keys of the query, so that one of another order is refused.
struct PageMark {
    std::vector<FieldValue> keys;
    std::string id;
};
[[nodiscard]] std::string to_text(const PageMark& mark, const DocumentQuery& query);
/// The error is QueryError::invalid.
[[nodiscard]] Result<PageMark> parse_mark(std::string_view text, const DocumentQuery& query);

struct Page {
    std::vector<Document> documents;
    std::string next;  ///< empty: there are no more; always so of groups
};

/// One query over documents that are given to it one by one, in any order. The query was checked
/// and must outlive it.
class Scan {
public:
    explicit Scan(const DocumentQuery& query);
    ~Scan();
    Scan(const Scan&) = delete;
    Scan& operator=(const Scan&) = delete;

    void add(const DocumentView& document);
    /// Errors: too_large; invalid, of `after`.
    [[nodiscard]] Result<Page> finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mainstem::query
