// Documents for tests of queries.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <mainstem/core/assert.hpp>

#include "query/document_query.hpp"

namespace mainstem {

/// A document of any JSON, parsed.
class JsonDocument {
public:
    JsonDocument(std::string id, std::string json, Position version = {1})
        : id_(std::move(id)), json_(std::move(json)), version_(version) {
        detail::JsonFault fault;
        parsed_ = std::make_unique<detail::JsonText>(json_, fault);
        MAINSTEM_ASSERT(fault.problem.empty(), "the document of a test is JSON");
    }

    [[nodiscard]] query::DocumentView view() const {
        return {.id = id_, .version = version_, .json = json_, .fields = parsed_->root()};
    }

private:
    std::string id_;
    std::string json_;
    Position version_;
    std::unique_ptr<detail::JsonText> parsed_;
};

}  // namespace mainstem
