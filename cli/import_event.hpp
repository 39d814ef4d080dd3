// From the cells of a row to an event: what CSV and mapped JSON lines have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import_rows.hpp"

namespace mainstem::cli {

/// What a column is used for. One column may serve several purposes.
struct ColumnUse {
    bool stream = false;
    bool type = false;
    bool time = false;
    bool tag = false;

    /// Columns without another use become members of the payload.
    [[nodiscard]] bool payload() const { return !stream && !type && !time && !tag; }
};
[[nodiscard]] ColumnUse use_of(const ImportMapping& mapping, std::string_view column);

/// "there are "a", "b"", for messages.
[[nodiscard]] std::string list_of(const std::vector<std::string>& columns);

/// Refuses, as wrong usage, a mapping that names a column which is not among those of the file.
[[nodiscard]] Result<void> check_columns(const ImportMapping& mapping,
                                         const std::vector<std::string>& present);

/// Collects the cells of one row.
class EventBuilder {
public:
    explicit EventBuilder(const ImportMapping& mapping) : mapping_(&mapping) {}

    /// A cell of a column that is no member of the payload.
    void add(ColumnUse use, std::string_view column, std::string_view value);
    /// A member of the payload: `name`, a JSON string, and `value`, JSON.
    void add_member(std::string_view name, std::string_view value);
    /// The payload so far, for callers that append a member in place after `begin_member`.
    std::string& begin_member(std::string_view name);

    /// Makes the row's event, or its fault.
    void finish(ImportRow& row) &&;

private:
    const ImportMapping* mapping_;
    std::string stream_;
    std::optional<std::string> time_;
    bool has_type_ = false;
    bool has_stream_ = false;
    NewEvent event_;
    std::string payload_ = "{";
};

/// Makes `row` a fault.
void set_fault(ImportRow& row, std::string fault);

/// Applies the rules of an append to `row.entry`; a broken one becomes the row's fault.
void check_entry(ImportRow& row);

}  // namespace mainstem::cli
