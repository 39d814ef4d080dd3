// A collection in memory: its documents in the order of their ids, each with its parsed form, and
// its unique indexes. Other indexes are not kept: whoever looks for documents looks at all.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/event/json_value.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "query/document_query.hpp"

namespace mainstem::read_model {

/// A document and what was parsed of it. It never changes.
class KeptDocument {
public:
    KeptDocument(Document document, detail::JsonFault& fault)
        : document_(std::move(document)), fields_(document_.json, fault) {}

    [[nodiscard]] const Document& document() const noexcept { return document_; }
    [[nodiscard]] query::DocumentView view() const {
        return {document_.id, document_.version, document_.json, fields_.root()};
    }

private:
    Document document_;
    detail::JsonText fields_;
};

/// By their ids; in changes, null stands for one that is removed.
using KeptDocuments = std::map<std::string, std::shared_ptr<const KeptDocument>, std::less<>>;

/// What a unique index holds: whose the values of its fields are.
class UniqueIndex {
public:
    using Key = std::vector<FieldValue>;

    explicit UniqueIndex(Index declaration) : declaration_(std::move(declaration)) {}

    [[nodiscard]] const std::string& name() const noexcept { return declaration_.name; }
    /// The values of a document; nothing if it is not in the index.
    [[nodiscard]] std::optional<Key> key_of(const KeptDocument& document) const;
    /// The document that has these values; null if none does.
    [[nodiscard]] const std::string* owner(const Key& key) const;

    void add(const KeptDocument& document);
    void remove(const KeptDocument& document);

private:
    Index declaration_;
    std::map<Key, std::string> owners_;
};

/// One thread at a time.
class MemoryCollection {
public:
    explicit MemoryCollection(const Collection& declaration);

    /// The same documents under another declaration. Errors: not_unique. O(documents).
    [[nodiscard]] Result<MemoryCollection> declared_as(const Collection& declaration) const;

    /// Whether the changes, all of them made, leave each unique index unique. Errors: not_unique.
    [[nodiscard]] Result<void> check(const KeptDocuments& changes) const;
    /// Makes changes that were checked.
    void apply(const KeptDocuments& changes);

    [[nodiscard]] const KeptDocuments& documents() const noexcept { return documents_; }

private:
    std::string name_;
    std::vector<UniqueIndex> indexes_;
    KeptDocuments documents_;
};

}  // namespace mainstem::read_model
