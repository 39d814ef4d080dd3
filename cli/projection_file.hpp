// Projections without C++: a TOML file says which events change which fields of which document.
// Its grammar is in docs/manual/projection-files.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/projection/projection.hpp>

namespace mainstem::cli {

/// Where a value comes from.
struct ValueSource {
    enum class Kind : std::uint8_t {
        data,  ///< `path` in the payload
        tag,   ///< what follows `path[0]` and `:` or `=` in the first such tag
        stream,
        type,
        id,
        position,
        recorded_at,
        occurred_at,
        correlation,
        causation,
        actor,
        literal,  ///< `json`
        elapsed,  ///< units of time from the first of `times` to the second
    };
    Kind kind = Kind::literal;
    std::vector<std::string> path = {};
    std::string json = {};
    bool number = false;    ///< a text that says a number is that number; an empty one is nothing
    bool optional = false;  ///< nothing happens where it is not there; else that is an error
    std::vector<ValueSource> times = {};
    double unit_seconds = 1;
    std::string text = {};  ///< as in the file, for messages

    bool operator==(const ValueSource&) const = default;
};

struct FieldRule {
    enum class Change : std::uint8_t { set, add, max, min, append };
    Change change = Change::set;
    std::string field;  ///< of the document
    ValueSource value;

    bool operator==(const FieldRule&) const = default;
};

/// What events of some types do.
struct EventRule {
    std::vector<std::string> types = {};  ///< none: all
    bool remove = false;                  ///< the document goes; then there are no fields
    std::vector<FieldRule> fields = {};

    bool operator==(const EventRule&) const = default;
};

struct ProjectionFile {
    ProjectionDeclaration declaration;
    EventQuery filter;
    bool with_system_streams = false;  ///< the file has a query of its own
    ValueSource key;
    std::vector<EventRule> rules;
};

/// The projection that a text says. Errors name `file`, line, column, what is wrong and what there
/// is; their code is ProjectionError::invalid.
[[nodiscard]] Result<ProjectionFile> parse_projection_file(std::string_view text,
                                                           std::string_view file);
/// Whether both make the same documents of the same events; indexes may differ.
[[nodiscard]] bool same_fold(const ProjectionFile& one, const ProjectionFile& other);
/// The projection of a parsed file.
[[nodiscard]] Projection projection_of(ProjectionFile file);
/// Both, of a file on the disk.
[[nodiscard]] Result<Projection> load_projection(const std::string& path);

}  // namespace mainstem::cli
