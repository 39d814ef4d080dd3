// The rows of an imported file as events: CSV, JSON lines whose fields are mapped, and lines that
// `read` wrote. Every row is checked by the rules of an append, so that a bad one is named by its
// line before anything of its batch is stored.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/store/append.hpp>

#include "cli/input.hpp"

namespace mainstem::cli {

/// Data of the largest size in base64, with everything else that an event may have.
inline constexpr Bytes longest_json_line{limits::payload.value * 2};

/// Which columns mean what. Without `stream` and `type`, lines are taken as `read` wrote them.
struct ImportMapping {
    std::string stream = {};
    std::string type = {};
    std::string time = {};               ///< empty: the time of recording
    std::vector<std::string> tags = {};  ///< columns
    std::string stream_prefix = {};

    [[nodiscard]] bool as_read_wrote() const { return stream.empty() && type.empty(); }
};

struct ImportRow {
    enum class Kind : std::uint8_t {
        event,
        fault,    ///< not an event; `fault` says why
        skipped,  ///< an event of a system stream of the store that was read
    };
    Kind kind = Kind::event;
    std::uint64_t line = 0;     ///< in which the row begins
    std::string_view raw = {};  ///< its bytes
    bool continues = false;     ///< a further part of a faulty row that is too long
    StreamEvent entry = {};
    std::string fault = {};
};

enum class ImportFormat : std::uint8_t { csv, json_lines };

/// By the ending of the file's name, else by the first byte: JSON lines begin with `{`.
[[nodiscard]] Result<ImportFormat> import_format(Input& input);

/// One thread at a time.
class ImportRows {
public:
    ImportRows() = default;
    ImportRows(const ImportRows&) = delete;
    ImportRows& operator=(const ImportRows&) = delete;
    virtual ~ImportRows() = default;

    /// What a file with some of the rows begins with: a CSV file's first row, its bytes as they
    /// are.
    [[nodiscard]] virtual std::string_view header() const noexcept { return {}; }
    /// The next row, valid until the one after it; false at the end.
    virtual Result<bool> next(ImportRow& row) = 0;
};

/// Reads what comes before the rows. Ends with the code for wrong usage if the file lacks a column
/// that `mapping` names; the message lists those there are. `input` must outlive the rows.
[[nodiscard]] Result<std::unique_ptr<ImportRows>> open_rows(ImportFormat format, Input& input,
                                                            const ImportMapping& mapping);

}  // namespace mainstem::cli
