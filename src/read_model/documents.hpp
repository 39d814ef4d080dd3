// The rules of documents that are written, the same for all backends.
#pragma once

#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem::read_model {

/// `json` in the form in which documents are stored: one object, without spaces, its members in
/// their order, each name once, numbers and texts as our codecs write them. The error is
/// ReadModelError::invalid: no JSON, no object, the character U+0000, a number that is not finite,
/// more than limits::document bytes.
[[nodiscard]] Result<std::string> canonical_document(std::string_view json);

/// Rules of ids (1 to limits::name_bytes bytes of UTF-8 without control characters), sizes and
/// positions; the JSON is taken to be canonical. The error is ReadModelError::invalid.
[[nodiscard]] Result<void> check_commit(const ModelCommit& commit);
[[nodiscard]] Result<void> check_declaration(const ProjectionDeclaration& declaration);

}  // namespace mainstem::read_model
