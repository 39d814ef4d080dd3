// Opening a read model by its address.
#include <string>

#include <fmt/format.h>

#include <mainstem/read_model/memory_model.hpp>
#include <mainstem/sqlite/open.hpp>

namespace mainstem {

Result<ReadModel> ReadModel::open(std::string_view address, const ModelOptions& options) {
    if (address == "memory:") {
        if (options.mode == ModelMode::create) return ReadModel{open_memory_model()};
        return Error{ReadModelError::not_found,
                     "memory: holds no read model yet; it can only be created"};
    }
    if (address.starts_with("file:")) address.remove_prefix(5);
    // What looks like an address of another kind is not taken for a file.
    if (address.empty() || address.find("://") != std::string_view::npos) {
        return Error{ReadModelError::invalid,
                     fmt::format("\"{}\" names no read model; name a file, or memory:", address)};
    }
    auto store = open_sqlite_model(std::string{address}, options);
    if (!store) return std::move(store).error();
    return ReadModel{*std::move(store)};
}

}  // namespace mainstem
