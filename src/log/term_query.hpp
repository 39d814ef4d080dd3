// A query as the indexes take it: the types and tags of its items with their hashes.
#pragma once

#include <vector>

#include <mainstem/store/query.hpp>

#include "log/term.hpp"

namespace mainstem::log {

/// Compiling the next query reuses the memory of the one before.
class TermQuery {
public:
    /// The query must outlive this or the next call.
    void compile(const EventQuery& query);

    [[nodiscard]] const EventQuery& query() const noexcept { return *query_; }
    /// At least one: a query without items has one that asks for nothing.
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] TermItem item(std::size_t index, bool passed_filter = false) const noexcept {
        const Item& item = items_[index];
        const std::span<const TermKey> terms{terms_};
        return {terms.subspan(item.types, item.tags - item.types),
                terms.subspan(item.tags, item.end - item.tags), passed_filter};
    }
    /// True if an item has no terms: then indexes of terms say nothing.
    [[nodiscard]] bool open() const noexcept { return open_; }
    [[nodiscard]] std::span<const TermKey> terms() const noexcept { return terms_; }

private:
    /// Where its terms stand.
    struct Item {
        std::uint32_t types = 0;
        std::uint32_t tags = 0;
        std::uint32_t end = 0;
    };

    const EventQuery* query_ = nullptr;
    std::vector<TermKey> terms_;
    std::vector<Item> items_;
    bool open_ = false;
};

}  // namespace mainstem::log
