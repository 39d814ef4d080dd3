// Documents as a projection sees them while it folds events: values that are read when they are
// first asked for, changed in memory, and written together with the position that they belong to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <mainstem/event/json.hpp>
#include <mainstem/read_model/read_model.hpp>

namespace mainstem {

namespace detail {

/// What the sets of documents of one fold share.
struct FoldContext {
    std::shared_ptr<ModelStore> model;
    std::uint64_t generation = 0;
    /// Every document that exists is at hand, so that none has to be asked for: the fold began
    /// with nothing, and has forgotten nothing.
    bool complete = false;
    std::size_t documents_most = 0;  ///< that are kept from one batch to the next
    Position position = {};          ///< of the event that is applied
    std::uint64_t batch = 0;         ///< how many were committed or dropped
    /// Why the fold cannot go on: what could not be read.
    std::optional<Error> failure = {};
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

}  // namespace detail

/// The documents of one collection, by id. One thread, only while an event is applied; what it
/// yields is valid until then, too. A document that cannot be read shows after the event, which
/// then counts as one that could not be applied; an id that breaks the rules shows with the commit.
template <class T>
class DocumentSet {
public:
    /// `collection` must outlive it.
    DocumentSet(detail::FoldContext& context, std::string_view collection)
        : context_(&context), collection_(collection) {}

    /// The document, to be changed; made if there is none. O(1), and one look-up in the model for
    /// each document in a while.
    T& operator[](std::string_view id) {
        auto& entry = at(id);
        change(entry.first, entry.second);
        entry.second.exists = true;
        return entry.second.value;
    }
    /// The document as it is now; null if there is none.
    [[nodiscard]] const T* find(std::string_view id) {
        auto& [key, entry] = at(id);
        return entry.exists ? &entry.value : nullptr;
    }
    /// Nothing happens if there is none.
    void remove(std::string_view id) {
        auto& [key, entry] = at(id);
        if (!entry.exists) return;
        change(key, entry);
        entry = {.value = {}, .version = entry.version, .changed_in = entry.changed_in};
    }

    // --- for the fold

    [[nodiscard]] std::size_t changed() const noexcept { return changed_.size(); }
    /// Appends what has changed. The error names a document that has no JSON form.
    Result<void> collect(std::vector<DocumentChange>& changes) const {
        for (const auto* const each : changed_) {
            const auto& [id, entry] = *each;
            auto& change = changes.emplace_back(
                DocumentChange{collection_, {id, entry.version, {}}, !entry.exists});
            if (!entry.exists) continue;
            detail::JsonFault fault;
            if (!detail::write_json(entry.value, change.document.json, fault)) {
                return detail::document_error(collection_, id, fault);
            }
        }
        return {};
    }
    /// What has changed is stored: it is kept for later, as far as there is room.
    void committed() {
        changed_.clear();
        if (documents_.size() <= context_->documents_most) return;
        context_->complete = false;
        std::erase_if(documents_,
                      [&](const auto& each) { return each.second.used_in != context_->batch; });
    }
    void drop() {
        changed_.clear();
        documents_.clear();
        context_->complete = false;
    }

private:
    struct Entry {
        T value = {};
        Position version = {};
        std::uint64_t changed_in = 0;  ///< the batch, counted from 1
        std::uint64_t used_in = 0;
        bool exists = false;
    };
    using Entries = std::unordered_map<std::string, Entry, detail::TextHash, std::equal_to<>>;

    typename Entries::value_type& at(std::string_view id) {
        auto found = documents_.find(id);
        if (found == documents_.end()) {
            found = documents_.emplace(std::string{id}, Entry{}).first;
            load(found->first, found->second);
        }
        found->second.used_in = context_->batch;
        return *found;
    }

    void change(const std::string& id, Entry& entry) {
        // A dead letter that is applied again is older than what came meanwhile.
        entry.version = std::max(entry.version, context_->position);
        if (std::exchange(entry.changed_in, context_->batch) == context_->batch) return;
        changed_.push_back(&*documents_.find(id));
    }

    void load(const std::string& id, Entry& entry) {
        if (context_->complete) return;
        auto found = context_->model->get(collection_, id, context_->generation);
        if (!found) return fail(std::move(found).error());
        if (!*found) return;
        detail::JsonFault fault;
        if (!detail::read_json(entry.value, (*found)->json, fault)) {
            return fail(detail::document_error(collection_, id, fault));
        }
        entry.exists = true;
        entry.version = (*found)->version;
    }

    void fail(Error error) {
        if (!context_->failure) context_->failure = std::move(error);
    }

    detail::FoldContext* context_;
    std::string_view collection_;
    Entries documents_;
    std::vector<const typename Entries::value_type*> changed_;
};

/// The documents of a projection: of one type, or of several collections.
template <TypedDocument... T>
class Documents {
public:
    explicit Documents(detail::FoldContext& context)
        : sets_(DocumentSet<T>{context, T::collection}...) {}

    template <TypedDocument One>
    [[nodiscard]] DocumentSet<One>& of() {
        return std::get<DocumentSet<One>>(sets_);
    }

    // Of the only collection.
    decltype(auto) operator[](std::string_view id) { return only()[id]; }
    [[nodiscard]] auto find(std::string_view id) { return only().find(id); }
    void remove(std::string_view id) { only().remove(id); }

    // --- for the fold

    [[nodiscard]] std::size_t changed() const noexcept {
        return (std::get<DocumentSet<T>>(sets_).changed() + ... + 0);
    }
    Result<void> collect(std::vector<DocumentChange>& changes) const {
        Result<void> done;
        static_cast<void>(
            ((done = std::get<DocumentSet<T>>(sets_).collect(changes), done.has_value()) && ...));
        return done;
    }
    void committed() { (std::get<DocumentSet<T>>(sets_).committed(), ...); }
    void drop() { (std::get<DocumentSet<T>>(sets_).drop(), ...); }

    static std::vector<Collection> collections() { return {collection_of<T>()...}; }

private:
    template <class One>
    static Collection collection_of() {
        Collection collection{.name = std::string{std::string_view{One::collection}}};
        if constexpr (requires { One::indexes(); }) collection.indexes = One::indexes();
        if constexpr (requires { One::fields(); }) collection.fields = One::fields();
        return collection;
    }

    auto& only() {
        static_assert(sizeof...(T) == 1, "with several collections, say of<Document>() first");
        return std::get<0>(sets_);
    }

    std::tuple<DocumentSet<T>...> sets_;
};

}  // namespace mainstem
