// One commit, within a transaction.
#pragma once

#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

#include "sqlite/connection.hpp"

namespace mainstem::sqlite {

class CommitWriter {
public:
    /// `projection`: its number in the file. Both others must outlive it.
    CommitWriter(Connection& connection, const ModelCommit& commit, std::int64_t projection)
        : connection_(connection), commit_(commit), projection_(projection) {}

    Result<void> write();

private:
    Result<void> move_checkpoint();
    Result<void> check_collections();
    Result<void> write_documents();
    Result<void> write_letters();
    Result<void> remove_all();
    Result<Statement> prepare(std::string_view sql, std::string_view collection);
    Result<void> upsert(std::size_t begin, std::size_t end);
    Result<void> remove(std::size_t begin, std::size_t end, bool all);
    template <class Each>
    Result<void> each_collection(Each each);

    Connection& connection_;
    const ModelCommit& commit_;
    std::int64_t projection_;
    /// By collection and id: neighbours in a table are written one after the other.
    std::vector<const DocumentChange*> changes_;
};

}  // namespace mainstem::sqlite
