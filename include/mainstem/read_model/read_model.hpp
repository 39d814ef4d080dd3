// ReadModel: the handle that applications ask. It opens a model by its address and answers look-ups
// and queries, typed where documents are structs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/event/json.hpp>
#include <mainstem/query/typed_query.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem {

/// A struct whose values are documents: its name in the model stands in it.
template <class T>
concept TypedDocument = std::is_class_v<T> && requires {
    { T::collection } -> std::convertible_to<std::string_view>;
};

/// A typed document and what every document has.
template <class T>
struct Stored {
    std::string id;
    Position version;
    T value = {};

    const T* operator->() const noexcept { return &value; }
    const T& operator*() const noexcept { return value; }
};

/// A typed query's answer: a range of Stored<T>.
template <class T>
struct FoundAs {
    std::vector<Stored<T>> documents;
    std::string next = {};  ///< as in Found
    Position as_of = {};

    [[nodiscard]] auto begin() const noexcept { return documents.begin(); }
    [[nodiscard]] auto end() const noexcept { return documents.end(); }
};

enum class ModelMode : std::uint8_t {
    create,    ///< for projections and queries; made if it does not exist
    existing,  ///< as create, but an error if it does not exist
};

struct ModelOptions {
    ModelMode mode = ModelMode::create;
    /// How long a write waits for one of another process.
    std::chrono::milliseconds busy = std::chrono::seconds{10};
};

/// A handle on an open model: cheap to copy, for many threads at once; closed with the last copy.
class ReadModel {
public:
    /// Opens the model at `address`: a file (`bank.sqlite`, `file:bank.sqlite`), or `memory:` for
    /// one that ends with its handle. Errors: ReadModelError.
    static Result<ReadModel> open(std::string_view address, const ModelOptions& options = {});

    explicit ReadModel(std::shared_ptr<ModelStore> store) : store_(std::move(store)) {}

    /// The document of this id. Nothing: there is none. Errors: not_found if there is no such
    /// collection.
    [[nodiscard]] Result<std::optional<Document>> get(std::string_view collection,
                                                      std::string_view id) const {
        return store_->get(collection, id, 0);
    }
    template <TypedDocument T>
    [[nodiscard]] Result<std::optional<Stored<T>>> get(std::string_view id) const;

    [[nodiscard]] Result<Found> find(const DocumentQuery& query) const {
        return store_->find(query);
    }
    /// Documents that are what the struct says; one that is not is an error.
    template <TypedDocument T>
    [[nodiscard]] Result<FoundAs<T>> find(const Query<T>& query) const;
    /// The rows of groups or of selected fields as structs, whose members have the names of the
    /// columns: `as`, or a path of one name. A row that is not what the struct says is an error.
    template <class Row>
    [[nodiscard]] Result<std::vector<Row>> rows(const DocumentQuery& query) const;
    /// The query of this text; see parse_document_query.
    [[nodiscard]] Result<Found> find(std::string_view text) const;

    [[nodiscard]] Result<QueryPlan> explain(const DocumentQuery& query) const {
        return store_->explain(query);
    }
    [[nodiscard]] Result<std::vector<CollectionInfo>> collections() const {
        return store_->collections();
    }
    [[nodiscard]] Result<std::vector<ProjectionRecord>> projections() const {
        return store_->projections();
    }

    /// The port behind the handle.
    [[nodiscard]] const std::shared_ptr<ModelStore>& store() const noexcept { return store_; }

private:
    std::shared_ptr<ModelStore> store_;
};

namespace detail {
[[nodiscard]] Error document_error(std::string_view collection, std::string_view id,
                                   const JsonFault& fault);

template <TypedDocument T>
Result<Stored<T>> read_document(const Document& document) {
    Result<Stored<T>> stored{std::in_place, document.id, document.version};
    JsonFault fault;
    if (!read_json(stored->value, document.json, fault)) {
        return document_error(T::collection, document.id, fault);
    }
    return stored;
}
}  // namespace detail

template <TypedDocument T>
Result<std::optional<Stored<T>>> ReadModel::get(std::string_view id) const {
    const auto found = get(T::collection, id);
    if (!found) return found.error();
    if (!*found) return std::optional<Stored<T>>{};
    auto stored = detail::read_document<T>(**found);
    if (!stored) return std::move(stored).error();
    return std::optional<Stored<T>>{*std::move(stored)};
}

template <class Row>
Result<std::vector<Row>> ReadModel::rows(const DocumentQuery& query) const {
    const auto found = find(query);
    if (!found) return found.error();
    Result<std::vector<Row>> rows{std::in_place};
    rows->reserve(found->documents.size());
    for (const auto& document : found->documents) {
        detail::JsonFault fault;
        if (!detail::read_json(rows->emplace_back(), document.json, fault)) {
            return detail::document_error(query.collection, document.id, fault);
        }
    }
    return rows;
}

template <TypedDocument T>
Result<FoundAs<T>> ReadModel::find(const Query<T>& query) const {
    const DocumentQuery untyped = query;
    auto found = find(untyped);
    if (!found) return std::move(found).error();
    Result<FoundAs<T>> typed{std::in_place};
    typed->next = std::move(found->next);
    typed->as_of = found->as_of;
    typed->documents.reserve(found->documents.size());
    for (const auto& document : found->documents) {
        auto stored = detail::read_document<T>(document);
        if (!stored) return std::move(stored).error();
        typed->documents.push_back(*std::move(stored));
    }
    return typed;
}

}  // namespace mainstem
