// The rules of what is written: documents, commits, declarations of projections.
#include "read_model/documents.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/utf8.hpp>
#include <mainstem/event/json_value.hpp>

#include "core/shown.hpp"
#include "read_model/names.hpp"

namespace mainstem::read_model {
namespace {

using detail::JsonValue;

/// Databases count with signed numbers.
constexpr Position last_position{std::numeric_limits<std::int64_t>::max()};

Error invalid(std::string message) { return {ReadModelError::invalid, std::move(message)}; }

/// Databases end a text where U+0000 stands.
bool has_zero(JsonValue value) {
    std::string_view text;
    if (value.get(text)) return text.contains('\0');
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value.is_array()) {
            if (has_zero(value.element(i))) return true;
        } else if (const auto [name, member] = value.member(i);
                   name.contains('\0') || has_zero(member)) {
            return true;
        }
    }
    return false;
}

Complaint check_size(std::size_t bytes) {
    if (bytes <= limits::document.value) return {};
    return fmt::format("the document has {} bytes, more than {}", bytes, limits::document.value);
}

Complaint check_id(std::string_view id) {
    if (id.empty()) return "the id is empty";
    if (id.size() > limits::name_bytes) {
        return fmt::format("the id has {} bytes, more than {}", id.size(), limits::name_bytes);
    }
    if (!is_utf8(id)) return "the id is not UTF-8";
    if (has_control(id)) return "the id has a control character";
    return {};
}

Complaint check_change(const DocumentChange& change, Position to) {
    if (auto complaint = check_id(change.document.id)) return complaint;
    if (change.removed) return {};
    if (auto complaint = check_size(change.document.json.size())) return complaint;
    const auto version = change.document.version;
    if (version == Position{} || version > to) {
        return fmt::format("its version {} is not in 1 to {}, the position of the commit",
                           version.value, to.value);
    }
    return {};
}

/// A document is named by its collection and its id.
using DocumentName = std::pair<std::string_view, std::string_view>;

Result<void> check_changes(const ModelCommit& commit) {
    if (commit.changes.size() > limits::changes_per_commit) {
        return invalid(fmt::format("the commit changes {} documents, more than {}; divide it",
                                   commit.changes.size(), limits::changes_per_commit));
    }
    boost::unordered_flat_set<DocumentName> names;
    names.reserve(commit.changes.size());
    for (const auto& change : commit.changes) {
        const auto& id = change.document.id;
        auto complaint = check_change(change, commit.to);
        if (!complaint && !names.emplace(change.collection, id).second) {
            complaint = "it is changed twice in one commit";
        }
        if (complaint) {
            return invalid(fmt::format("document {} of {}: {}", shown(id), shown(change.collection),
                                       *complaint));
        }
    }
    return {};
}

/// Positions of dead letters are of events that were seen, each named once.
Result<void> check_letters(const ModelCommit& commit) {
    std::vector<Position> positions = commit.replayed;
    for (const auto& letter : commit.set_aside) positions.push_back(letter.position);
    for (const auto position : positions) {
        if (position != Position{} && position <= commit.to) continue;
        return invalid(
            fmt::format("the dead letter {} is not in 1 to {}, the position of the commit",
                        position.value, commit.to.value));
    }
    std::ranges::sort(positions);
    const auto twice = std::ranges::adjacent_find(positions);
    if (twice == positions.end()) return {};
    return invalid(fmt::format("the dead letter {} is named twice in one commit", twice->value));
}

Complaint check_collections(const std::vector<Collection>& collections) {
    if (collections.size() > limits::collections_per_projection) {
        return fmt::format("it has {} collections, more than {}", collections.size(),
                           limits::collections_per_projection);
    }
    for (auto one = collections.begin(); one != collections.end(); ++one) {
        if (const auto checked = check_collection(*one); !checked) {
            return checked.error().message();
        }
        const auto same = [&](const Collection& other) { return same_name(other.name, one->name); };
        if (std::any_of(collections.begin(), one, same)) {
            return fmt::format("it has two collections of the name {}", one->name);
        }
    }
    return {};
}

}  // namespace

Result<std::string> canonical_document(std::string_view json) {
    // Before the work, so that it is bounded; and afterwards, as numbers may have become longer.
    if (auto complaint = check_size(json.size())) return invalid(*std::move(complaint));
    detail::JsonFault fault;
    const detail::JsonText text{json, fault};
    if (text.root().absent()) {
        return invalid(fmt::format("the document is {}", fault.to_string()));
    }
    if (!text.root().is_object()) {
        return invalid(fmt::format("the document is {}, not an object", text.root().described()));
    }
    if (has_zero(text.root())) return invalid("the document has a text with the character U+0000");
    std::string out;
    out.reserve(json.size());
    if (!detail::write_json_value(out, text.root())) {
        return invalid("the document has a number that no double can hold");
    }
    if (auto complaint = check_size(out.size())) return invalid(*std::move(complaint));
    return out;
}

Result<void> check_commit(const ModelCommit& commit) {
    if (commit.to < commit.from || commit.to > last_position) {
        return invalid(fmt::format("the commit goes from position {} to {}, not on from there",
                                   commit.from.value, commit.to.value));
    }
    if (auto checked = check_changes(commit); !checked) return checked;
    return check_letters(commit);
}

Result<void> check_declaration(const ProjectionDeclaration& declaration) {
    if (auto complaint = check_name("a projection", declaration.name)) {
        return invalid(*std::move(complaint));
    }
    auto complaint = check_collections(declaration.collections);
    if (!complaint && declaration.definition.size() > limits::definition_bytes) {
        complaint = fmt::format("its definition has {} bytes, more than {}",
                                declaration.definition.size(), limits::definition_bytes);
    }
    if (!complaint && !is_utf8(declaration.definition)) complaint = "its definition is not UTF-8";
    if (complaint) return invalid(fmt::format("projection {}: {}", declaration.name, *complaint));
    return {};
}

}  // namespace mainstem::read_model
