// A projection: how events become documents. A plain struct says it; behind `Projection` its types
// are forgotten.
//
//     struct Accounts {
//         static constexpr auto projection = "accounts";
//         using Event = bank::Event;
//         using Documents = mainstem::Documents<Account>;
//         void apply(const Deposited& e, Documents& docs) { docs[e.account].balance += e.amount; }
//     };
//
// `Event` is a struct or a variant of structs; without it, events come as EventView.
// `apply` may take the EventView between the two, return Result<void>, and throw: what fails is
// told to the runner, and none of its changes stays. It must depend on nothing else, for events are
// applied again after failures and in rebuilds. Optional: `version` (of its code; a new one builds
// the documents anew), `filter()` (which events; by default those of the types that are applied),
// `partition_by`.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <mainstem/event/codec.hpp>
#include <mainstem/projection/documents.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem {

enum class ProjectionError : std::uint8_t {
    failed,     ///< an event cannot be applied; position, stream and type are named
    stopped,    ///< the runner has ended, or the projection was stopped
    timed_out,  ///< the position was not reached before the deadline
    leads,      ///< another process runs the projection
    differs,    ///< what is stored is not what the events make of it
    invalid,    ///< a declaration that is none, in words
};
[[nodiscard]] std::string_view name(ProjectionError code) noexcept;
/// True of timed_out and leads.
[[nodiscard]] bool retryable(ProjectionError code) noexcept;

/// Which events can be applied beside each other in a rebuild: those of different partitions never
/// touch the same document.
enum class PartitionBy : std::uint8_t {
    nothing,  ///< all in their order
    stream,   ///< each stream has documents of its own
};

/// One build's fold. One thread.
class Fold {
public:
    Fold() = default;
    Fold(const Fold&) = delete;
    Fold& operator=(const Fold&) = delete;
    virtual ~Fold() = default;

    /// An error spoils what was applied since the last commit: `drop` it.
    virtual Result<void> apply(const EventView& event) = 0;
    /// Documents that were changed since the last commit.
    [[nodiscard]] virtual std::size_t changed() const = 0;
    /// They, as they are now.
    virtual Result<void> collect(std::vector<DocumentChange>& changes) = 0;
    virtual void committed() = 0;
    virtual void drop() = 0;
};

/// Where a fold begins.
struct FoldBegin {
    std::shared_ptr<ModelStore> model;
    std::uint64_t generation = 0;
    bool empty = false;                    ///< the build has no documents yet
    std::size_t documents_most = 100'000;  ///< that stay in memory between batches
};

/// A projection without its types. A value; its functions may be called by any thread.
struct Projection {
    ProjectionDeclaration declaration;
    EventQuery filter;
    PartitionBy partition_by = PartitionBy::nothing;
    /// It acts on the world: it begins at the head of its first run, and no event is applied again
    /// for a rebuild or a comparison.
    bool reacts = false;
    std::function<std::unique_ptr<Fold>(const FoldBegin&)> fold;
};

namespace detail {

[[nodiscard]] Error apply_error(const EventView& event, std::string_view why);

/// Adds the names under which events of the type are stored, older ones too.
template <class T>
void add_types(std::vector<std::string>& types) {
    types.emplace_back(std::string_view{T::event_type});
    if constexpr (Upcasts<T>) {
        if (std::string_view{Before<T>::event_type} != T::event_type) add_types<Before<T>>(types);
    }
}

template <class P>
concept AppliesViews =
    requires(P& projection, const EventView& event, typename P::Documents& documents) {
        projection.apply(event, documents);
    };
template <class P, class E>
concept AppliesPlain = requires(P& projection, const E& event, typename P::Documents& documents) {
    projection.apply(event, documents);
};
template <class P, class E>
concept AppliesWithView =
    requires(P& projection, const E& event, const EventView& view,
             typename P::Documents& documents) { projection.apply(event, view, documents); };
template <class P, class E>
concept Applies = AppliesPlain<P, E> || AppliesWithView<P, E>;

/// Those of some events that a projection applies.
template <class P, class E>
struct AppliedTypes {
    static constexpr bool any = Applies<P, E>;
    static void add(std::vector<std::string>& types) {
        if constexpr (any) add_types<E>(types);
    }
};
template <class P, class... E>
struct AppliedTypes<P, std::variant<E...>> {
    static constexpr bool any = (Applies<P, E> || ...);
    static void add(std::vector<std::string>& types) { (AppliedTypes<P, E>::add(types), ...); }
};

/// The Result of a function that may have none.
template <class Call>
Result<void> result_of(Call call) {
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        return {};
    } else {
        return call();
    }
}

/// What a projection applies of its events.
template <class P>
struct AppliedEvents {
    static std::vector<std::string> types() { return {}; }
    static Result<void> apply(P& projection, const EventView& event,
                              typename P::Documents& documents) {
        static_assert(AppliesViews<P>,
                      "a projection without `using Event = …` needs "
                      "`void apply(const EventView&, Documents&)`");
        return result_of([&] { return projection.apply(event, documents); });
    }
};
template <class P>
    requires requires { typename P::Event; }
struct AppliedEvents<P> {
    static_assert(AppliedTypes<P, typename P::Event>::any,
                  "a projection needs `void apply(const E&, Documents&)` for one of its events");

    static std::vector<std::string> types() {
        std::vector<std::string> types;
        AppliedTypes<P, typename P::Event>::add(types);
        return types;
    }

    static Result<void> apply(P& projection, const EventView& view,
                              typename P::Documents& documents) {
        Result<void> applied;
        auto decoded = EventTypes<typename P::Event>::visit(view, [&](const auto& event) {
            using E = std::remove_cvref_t<decltype(event)>;
            if constexpr (AppliesWithView<P, E>) {
                applied = result_of([&] { return projection.apply(event, view, documents); });
            } else if constexpr (AppliesPlain<P, E>) {
                applied = result_of([&] { return projection.apply(event, documents); });
            }
        });
        return decoded ? std::move(applied) : std::move(decoded);
    }
};
template <class P>
class TypedFold final : public Fold {
public:
    TypedFold(P projection, const FoldBegin& begin)
        : projection_(std::move(projection)),
          context_{.model = begin.model,
                   .generation = begin.generation,
                   .complete = begin.empty,
                   .documents_most = begin.documents_most,
                   .batch = 1},
          documents_(context_) {}

    Result<void> apply(const EventView& event) override {
        context_.position = event.position;
        try {
            auto applied = AppliedEvents<P>::apply(projection_, event, documents_);
            if (context_.failure) return *context_.failure;
            if (!applied) return apply_error(event, applied.error().message());
            return applied;
        } catch (const std::exception& thrown) {
            // It may have thrown for what could not be read.
            if (context_.failure) return *context_.failure;
            return apply_error(event, thrown.what());
        } catch (...) {
            if (context_.failure) return *context_.failure;
            return apply_error(event, "something was thrown that is no std::exception");
        }
    }
    [[nodiscard]] std::size_t changed() const override { return documents_.changed(); }
    Result<void> collect(std::vector<DocumentChange>& changes) override {
        return documents_.collect(changes);
    }
    void committed() override {
        documents_.committed();
        ++context_.batch;
    }
    void drop() override {
        documents_.drop();
        ++context_.batch;
        context_.failure.reset();
    }

private:
    P projection_;
    FoldContext context_;
    typename P::Documents documents_;
};

}  // namespace detail

/// A struct that says which documents events become.
template <class P>
concept TypedProjection = std::copy_constructible<P> && requires {
    { P::projection } -> std::convertible_to<std::string_view>;
    typename P::Documents;
};

template <TypedProjection P>
Projection projection_of(P projection) {
    Projection made;
    made.declaration.name = std::string_view{P::projection};
    if constexpr (requires { P::version; }) made.declaration.version = P::version;
    made.declaration.collections = P::Documents::collections();
    if constexpr (requires { projection.filter(); }) {
        made.filter = projection.filter();
    } else if (auto types = detail::AppliedEvents<P>::types(); !types.empty()) {
        made.filter = QueryItem{.types = std::move(types)};
    }
    if constexpr (requires { P::partition_by; }) made.partition_by = P::partition_by;
    made.fold = [projection = std::move(projection)](const FoldBegin& begin) {
        return std::make_unique<detail::TypedFold<P>>(projection, begin);
    };
    return made;
}

}  // namespace mainstem
