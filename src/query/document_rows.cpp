// Documents in their order, a page of them.
#include "query/document_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "query/fields.hpp"

namespace mainstem::query {
namespace {

/// What stands at a path, as JSON; nothing where nothing does.
std::string selected(const DocumentView& document, const FieldPath& path) {
    if (path == id_path || path == version_path) return json_of(value_at(document, path));
    const auto value = json_at(document, path);
    std::string out;
    if (value.absent() || !detail::write_json_value(out, value)) return {};
    return out;
}

std::string selected(const DocumentView& document, const std::vector<FieldPath>& select) {
    std::vector<std::string> values;
    values.reserve(select.size());
    for (const auto& path : select) values.push_back(selected(document, path));
    return row_json(select, values);
}

}  // namespace

DocumentRows::DocumentRows(const DocumentQuery& query)
    : query_(query),
      most_(query.limit == DocumentQuery::no_limit ? DocumentQuery::no_limit
                                                   : query.limit + query.offset) {
    if (!query.after.empty()) after_ = parse_mark(query.after, query);
}

template <class One, class Other>
bool DocumentRows::before(const One& one, std::string_view one_id, const Other& other,
                          std::string_view other_id) const noexcept {
    for (std::size_t i = 0; i < query_.sort.size(); ++i) {
        const auto order = compare(view_of(one[i]), view_of(other[i]));
        if (order != 0) return query_.sort[i].descending ? order > 0 : order < 0;
    }
    return one_id < other_id;
}

DocumentRows::Row DocumentRows::make_row(const DocumentView& document) const {
    std::vector<FieldValue> keys;
    keys.reserve(keys_.size());
    for (const auto& key : keys_) keys.push_back(value_of(key));
    return {.keys = std::move(keys),
            .id = std::string{document.id},
            .version = document.version,
            .json = query_.select.empty() ? std::string{document.json}
                                          : selected(document, query_.select)};
}

void DocumentRows::add(const DocumentView& document) {
    if (after_ && !*after_) return;
    keys_.clear();
    for (const auto& key : query_.sort) keys_.push_back(view_at(document, key.field));
    if (after_) {
        const PageMark& mark = **after_;
        if (!before(mark.keys, mark.id, keys_, document.id)) return;
    }
    ++found_;
    const auto order = [this](const Row& one, const Row& other) { return before(one, other); };
    if (rows_.size() == most_) {
        if (rows_.empty()) return;
        const Row& last = rows_.front();
        if (!before(keys_, document.id, last.keys, last.id)) return;
        std::ranges::pop_heap(rows_, order);
        rows_.pop_back();
    }
    rows_.push_back(make_row(document));
    if (most_ != DocumentQuery::no_limit) std::ranges::push_heap(rows_, order);
}

Result<Page> DocumentRows::finish() {
    if (after_ && !*after_) return after_->error();
    std::ranges::sort(rows_,
                      [this](const Row& one, const Row& other) { return before(one, other); });
    Page page;
    for (std::size_t i = query_.offset; i < rows_.size(); ++i) {
        Row& row = rows_[i];
        if (i + 1 == rows_.size() && found_ > rows_.size()) {
            page.next = to_text({.keys = row.keys, .id = row.id}, query_);
        }
        page.documents.push_back({std::move(row.id), row.version, std::move(row.json)});
    }
    return page;
}

}  // namespace mainstem::query
