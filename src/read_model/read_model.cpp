// The handle's functions that need no type of a document.
#include <mainstem/read_model/read_model.hpp>

#include <fmt/format.h>

#include "core/shown.hpp"

namespace mainstem {

Result<Found> ReadModel::find(std::string_view text) const {
    const auto query = parse_document_query(text);
    if (!query) return query.error();
    return find(*query);
}

Error detail::document_error(std::string_view collection, std::string_view id,
                             const JsonFault& fault) {
    return {ReadModelError::invalid, fmt::format("document {} of {} is not of this type: {}",
                                                 shown(id), shown(collection), fault.to_string())};
}

}  // namespace mainstem
