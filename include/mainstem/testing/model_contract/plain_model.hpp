// The trivial model of a collection: a map of documents, looked at from end to end. Of what
// backends are made of it shares the order of values and the parser of JSON alone, so that it can
// judge them.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <mainstem/event/json_value.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem::testing::model_contract {

/// A document and what was parsed of it.
class PlainDocument {
public:
    explicit PlainDocument(Document document)
        : document_(std::move(document)),
          text_(std::make_unique<detail::JsonText>(document_.json, fault_)) {}

    [[nodiscard]] const Document& document() const { return document_; }

    /// What stands at a path, of whatever kind; absent for what is not in the JSON.
    [[nodiscard]] detail::JsonValue part(std::string_view path) const {
        auto value = text_->root();
        while (!path.empty() && !value.absent()) {
            const auto name = path.substr(0, path.find('.'));
            value = value.member(name);
            path.remove_prefix(std::min(path.size(), name.size() + 1));
        }
        return value;
    }

    /// What conditions compare.
    [[nodiscard]] FieldValue value(std::string_view path) const {
        if (path == "_id") return document_.id;
        if (path == "_version") return document_.version.value;
        return scalar(part(path));
    }

    static FieldValue scalar(detail::JsonValue value) {
        bool flag = false;
        std::int64_t integer = 0;
        double real = 0;
        std::string_view text;
        if (value.get(flag)) return flag;
        if (value.get(integer)) return integer;
        if (value.get(real)) return real;
        if (value.get(text)) return text;
        return {};
    }

    [[nodiscard]] bool holds(const Filter& filter) const {
        const auto holds_here = [&](const Filter& part) { return holds(part); };
        switch (filter.kind) {
            case Filter::Kind::all_of: return std::ranges::all_of(filter.parts, holds_here);
            case Filter::Kind::any_of: return std::ranges::any_of(filter.parts, holds_here);
            case Filter::Kind::negation: return !holds(filter.parts.at(0));
            default: return holds(filter.condition);
        }
    }

    /// The row of the selected fields.
    [[nodiscard]] std::string row(const std::vector<FieldPath>& select) const {
        std::string json;
        for (const auto& path : select) {
            json += json.empty() ? "{\"" : ",\"";
            json += path + "\":" + json_of(path);
        }
        return json + "}";
    }

private:
    static const std::string& text_of(const FieldValue& value) {
        return std::get<std::string>(value.get());
    }

    [[nodiscard]] bool holds(const Condition& condition) const {
        const auto value = this->value(condition.field);
        const auto& wanted = condition.values;
        const auto has = [&](const FieldValue& one) { return one == value; };
        const bool ordered = !wanted.empty() && !value.is_null() && !wanted[0].is_null() &&
                             value.is_text() == wanted[0].is_text();
        switch (condition.comparison) {
            case Comparison::equal: return value == wanted.at(0);
            case Comparison::not_equal: return value != wanted.at(0);
            case Comparison::less: return ordered && value < wanted.at(0);
            case Comparison::at_most: return ordered && value <= wanted.at(0);
            case Comparison::greater: return ordered && value > wanted.at(0);
            case Comparison::at_least: return ordered && value >= wanted.at(0);
            case Comparison::in: return std::ranges::any_of(wanted, has);
            case Comparison::starts_with:
                return value.is_text() && text_of(value).starts_with(text_of(wanted.at(0)));
            case Comparison::contains: return lists(condition.field, wanted.at(0));
            case Comparison::exists: break;
        }
        return !value.is_null() || is_list(condition.field);
    }

    [[nodiscard]] bool is_list(std::string_view path) const {
        return part(path).is_array() || part(path).is_object();
    }

    [[nodiscard]] bool lists(std::string_view path, const FieldValue& wanted) const {
        const auto list = part(path);
        for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
            if (scalar(list.element(i)) == wanted) return true;
        }
        return false;
    }

    [[nodiscard]] std::string json_of(const FieldPath& path) const {
        std::string json;
        if (path == "_id") {
            detail::write_json_text(json, document_.id);
        } else if (path == "_version") {
            detail::write_json_unsigned(json, document_.version.value);
        } else if (const auto value = part(path); !value.absent()) {
            detail::write_json_value(json, value);
        } else {
            json = "null";
        }
        return json;
    }

    Document document_;
    detail::JsonFault fault_;
    std::unique_ptr<detail::JsonText> text_;
};

/// One thread at a time. Every function takes time proportional to all documents, or their square.
class PlainCollection {
public:
    /// Makes changes; their documents have versions.
    void apply(const std::vector<DocumentChange>& changes) {
        for (const auto& change : changes) {
            documents_.erase(change.document.id);
            if (change.removed) continue;
            documents_.emplace(change.document.id, PlainDocument{change.document});
        }
    }

    /// Whether the changes, all of them made, leave the unique ones of the indexes unique.
    [[nodiscard]] bool allows(const std::vector<DocumentChange>& changes,
                              const std::vector<Index>& indexes) const {
        PlainCollection after;
        for (const auto& [id, document] : documents_) {
            after.documents_.emplace(id, PlainDocument{document.document()});
        }
        after.apply(changes);
        return std::ranges::all_of(
            indexes, [&](const Index& index) { return !index.unique || after.is_unique(index); });
    }

    /// All that a query without groups finds, its limit and offset left aside.
    [[nodiscard]] std::vector<Document> find(const DocumentQuery& query) const {
        std::vector<const PlainDocument*> found;
        for (const auto& [id, document] : documents_) {
            if (document.holds(query.where)) found.push_back(&document);
        }
        std::ranges::stable_sort(found, [&](const auto* one, const auto* other) {
            return comes_before(query.sort, *one, *other);
        });
        std::vector<Document> rows;
        for (const auto* document : found) {
            rows.push_back(document->document());
            if (!query.select.empty()) rows.back().json = document->row(query.select);
        }
        return rows;
    }

    /// All documents, in the order of their ids.
    [[nodiscard]] std::vector<Document> all() const { return find({}); }

private:
    static bool comes_before(const std::vector<SortKey>& keys, const PlainDocument& one,
                             const PlainDocument& other) {
        for (const auto& key : keys) {
            const auto order = one.value(key.field) <=> other.value(key.field);
            if (order != 0) return key.descending ? order > 0 : order < 0;
        }
        return false;
    }

    [[nodiscard]] bool is_unique(const Index& index) const {
        std::vector<std::vector<FieldValue>> seen;
        for (const auto& [id, document] : documents_) {
            if (!document.holds(index.where)) continue;
            std::vector<FieldValue> values;
            for (const auto& field : index.fields) values.push_back(document.value(field));
            if (std::ranges::any_of(values, &FieldValue::is_null)) continue;
            if (std::ranges::find(seen, values) != seen.end()) return false;
            seen.push_back(std::move(values));
        }
        return true;
    }

    std::map<std::string, PlainDocument> documents_;
};

}  // namespace mainstem::testing::model_contract
