// Declarations of collections: their rules, and their form as JSON.
#include <mainstem/read_model/collection.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/event/json.hpp>
#include <mainstem/query/query.hpp>
#include <mainstem/read_model/read_model_error.hpp>

#include "core/shown.hpp"
#include "read_model/names.hpp"

namespace mainstem {
namespace {

using read_model::Complaint;

// What stands in the JSON. What is usual is left out.
struct IndexForm {
    std::string name;
    std::vector<FieldPath> fields;
    std::optional<bool> unique;
    std::optional<std::string> where;
};
struct CollectionForm {
    std::string name;
    std::optional<std::vector<IndexForm>> indexes;
    std::optional<std::vector<FieldPath>> fields;
};

Error invalid(std::string message) { return {ReadModelError::invalid, std::move(message)}; }

Complaint check_paths(const std::vector<FieldPath>& paths) {
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        if (!is_field_path(*path)) {
            return fmt::format("\"{}\" is no path of a field, as address.city", shown(*path));
        }
        if (std::find(paths.begin(), path, *path) != path) {
            return fmt::format("names the field {} twice", shown(*path));
        }
    }
    return {};
}

bool asks_for_lists(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) {
        return filter.condition.comparison == Comparison::contains;
    }
    return std::ranges::any_of(filter.parts, asks_for_lists);
}

Complaint check_index(const Index& index) {
    if (index.fields.empty()) return "has no fields; name those by which documents are found";
    if (index.fields.size() > limits::fields_per_index) {
        return fmt::format("has {} fields, more than {}", index.fields.size(),
                           limits::fields_per_index);
    }
    if (auto complaint = check_paths(index.fields)) return complaint;
    if (const auto checked = check_filter(index.where); !checked) {
        return checked.error().message();
    }
    // Databases keep partial indexes for conditions on a row alone.
    if (asks_for_lists(index.where)) return "its filter: an index cannot depend on contains";
    return {};
}

Complaint check_indexes(const std::vector<Index>& indexes) {
    if (indexes.size() > limits::indexes_per_collection) {
        return fmt::format("has {} indexes, more than {}", indexes.size(),
                           limits::indexes_per_collection);
    }
    for (auto index = indexes.begin(); index != indexes.end(); ++index) {
        auto complaint = read_model::check_name("an index", index->name);
        if (complaint) return complaint;
        const auto same = [&](const Index& other) {
            return read_model::same_name(other.name, index->name);
        };
        if (std::any_of(indexes.begin(), index, same)) {
            return fmt::format("has two indexes of the name {}", index->name);
        }
        complaint = check_index(*index);
        if (complaint) return fmt::format("index {}: {}", index->name, *complaint);
    }
    return {};
}

Complaint check_fields(const std::vector<FieldPath>& fields) {
    if (fields.size() > limits::fields_per_collection) {
        return fmt::format("declares {} fields, more than {}", fields.size(),
                           limits::fields_per_collection);
    }
    if (auto complaint = check_paths(fields)) return complaint;
    for (const auto& field : fields) {
        if (field == "_id" || field == "_version") {
            return fmt::format("declares the field {}, which every document has anyway", field);
        }
    }
    return {};
}

IndexForm form_of(const Index& index) {
    IndexForm form{.name = index.name, .fields = index.fields, .unique = {}, .where = {}};
    if (index.unique) form.unique = true;
    if (!index.where.empty()) form.where = to_string(index.where);
    return form;
}

Result<Index> index_of(IndexForm form) {
    Index index{std::move(form.name), std::move(form.fields), form.unique.value_or(false), {}};
    if (!form.where) return index;
    auto where = parse_filter(*form.where);
    if (!where) {
        return invalid(
            fmt::format("index {}: its filter: {}", shown(index.name), where.error().message()));
    }
    index.where = *std::move(where);
    return index;
}

}  // namespace

Result<void> check_collection(const Collection& collection) {
    if (auto complaint = read_model::check_name("a collection", collection.name)) {
        return invalid(*std::move(complaint));
    }
    auto complaint = check_indexes(collection.indexes);
    if (!complaint) complaint = check_fields(collection.fields);
    if (complaint) return invalid(fmt::format("collection {}: {}", collection.name, *complaint));
    return {};
}

std::string to_json(const Collection& collection) {
    CollectionForm form{.name = collection.name, .indexes = {}, .fields = {}};
    if (!collection.indexes.empty()) {
        form.indexes.emplace();
        for (const auto& index : collection.indexes) form.indexes->push_back(form_of(index));
    }
    if (!collection.fields.empty()) form.fields = collection.fields;
    std::string json;
    detail::JsonFault fault;
    if (!detail::write_json(form, json, fault)) json.clear();
    return json;
}

Result<Collection> parse_collection(std::string_view json) {
    CollectionForm form;
    detail::JsonFault fault;
    if (!detail::read_json(form, json, fault)) {
        return invalid(fmt::format("no declaration of a collection: {}", fault.to_string()));
    }
    Collection collection{std::move(form.name), {}, {}};
    if (form.fields) collection.fields = *std::move(form.fields);
    if (form.indexes) {
        for (auto& one : *form.indexes) {
            auto index = index_of(std::move(one));
            if (!index)
                return index.error().in(fmt::format("collection {}", shown(collection.name)));
            collection.indexes.push_back(*std::move(index));
        }
    }
    if (auto checked = check_collection(collection); !checked) return checked.error();
    return collection;
}

}  // namespace mainstem
