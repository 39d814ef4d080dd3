// What stands in a model's file: tables that know the projections, a table for each collection of
// each build, and a view by the collection's name for what is served. docs/formats/read-model.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "sqlite/connection.hpp"

namespace mainstem::sqlite {

/// Makes the tables in a new file; checks that any other is ours and not of a later version.
Result<void> prepare_schema(Connection& connection, bool create);

[[nodiscard]] std::string table_of(std::string_view collection, std::uint64_t generation);

/// The table of a build's collection, with its columns and indexes.
Result<void> create_collection(Connection& connection, const Collection& collection,
                               std::uint64_t generation);
Result<void> drop_collection(Connection& connection, std::string_view collection,
                             std::uint64_t generation);
/// Makes columns and indexes what `wanted` declares.
Result<void> adapt_collection(Connection& connection, const Collection& stored,
                              const Collection& wanted, std::uint64_t generation);
/// The view by the collection's name, of this build from now on.
Result<void> serve_collection(Connection& connection, std::string_view collection,
                              std::uint64_t generation);

/// A collection that queries see.
struct ServedCollection {
    Collection collection;
    std::int64_t projection = 0;
    std::uint64_t generation = 0;
};

/// The served collections as one connection knows them, read anew when the file's schema changed.
class ServedCollections {
public:
    /// Null: there is none of this name. Within a transaction; valid until the next call.
    Result<const ServedCollection*> find(Connection& connection, std::string_view name);
    Result<void> refresh(Connection& connection);
    [[nodiscard]] const auto& all() const noexcept { return collections_; }

private:
    std::int64_t version_ = -1;
    std::map<std::string, ServedCollection, std::less<>> collections_;
};

}  // namespace mainstem::sqlite
