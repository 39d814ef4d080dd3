// Compiling queries.
#include "log/term_query.hpp"

namespace mainstem::log {

void TermQuery::compile(const EventQuery& query) {
    query_ = &query;
    terms_.clear();
    items_.clear();
    open_ = query.items.empty();
    if (open_) items_.emplace_back();
    const auto here = [this] { return static_cast<std::uint32_t>(terms_.size()); };
    for (const QueryItem& item : query.items) {
        Item& compiled = items_.emplace_back();
        compiled.types = here();
        for (const std::string& type : item.types) terms_.emplace_back(TermKind::type, type);
        compiled.tags = here();
        for (const Tag& tag : item.tags) terms_.emplace_back(TermKind::tag, tag.view());
        compiled.end = here();
        open_ |= compiled.types == compiled.end;
    }
}

}  // namespace mainstem::log
