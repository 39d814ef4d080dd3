// Documents and unique indexes in memory.
#include "read_model/memory_collection.hpp"

#include <utility>

#include "read_model/errors.hpp"

namespace mainstem::read_model {

std::optional<UniqueIndex::Key> UniqueIndex::key_of(const KeptDocument& document) const {
    const auto view = document.view();
    if (!query::matches(declaration_.where, view)) return {};
    Key key;
    for (const auto& field : declaration_.fields) {
        key.push_back(query::value_at(view, field));
        if (key.back().is_null()) return {};
    }
    return key;
}

const std::string* UniqueIndex::owner(const Key& key) const {
    const auto found = owners_.find(key);
    return found == owners_.end() ? nullptr : &found->second;
}

void UniqueIndex::add(const KeptDocument& document) {
    if (auto key = key_of(document)) owners_.emplace(*std::move(key), document.document().id);
}

void UniqueIndex::remove(const KeptDocument& document) {
    if (const auto key = key_of(document)) owners_.erase(*key);
}

MemoryCollection::MemoryCollection(const Collection& declaration) : name_(declaration.name) {
    for (const auto& index : declaration.indexes) {
        if (index.unique) indexes_.emplace_back(index);
    }
}

Result<MemoryCollection> MemoryCollection::declared_as(const Collection& declaration) const {
    MemoryCollection other{declaration};
    if (auto checked = other.check(documents_); !checked) return checked.error();
    other.apply(documents_);
    return other;
}

Result<void> MemoryCollection::check(const KeptDocuments& changes) const {
    for (const auto& index : indexes_) {
        std::map<UniqueIndex::Key, std::string_view> claims;
        for (const auto& [id, document] : changes) {
            const auto key = document ? index.key_of(*document) : std::nullopt;
            if (!key) continue;
            const auto [claim, first] = claims.emplace(*key, id);
            if (!first) return not_unique_error(name_, index.name(), claim->second, id);
            // What a changed document had is given up, or is among the claims.
            const auto* owner = index.owner(*key);
            if (owner != nullptr && !changes.contains(*owner)) {
                return not_unique_error(name_, index.name(), *owner, id);
            }
        }
    }
    return {};
}

void MemoryCollection::apply(const KeptDocuments& changes) {
    for (const auto& [id, document] : changes) {
        const auto before = documents_.find(id);
        if (before == documents_.end()) continue;
        for (auto& index : indexes_) index.remove(*before->second);
        documents_.erase(before);
    }
    for (const auto& [id, document] : changes) {
        if (!document) continue;
        for (auto& index : indexes_) index.add(*document);
        documents_.emplace(id, document);
    }
}

}  // namespace mainstem::read_model
