// toml++ in its header-only form: Debian's library is built with exceptions.
// NOLINTBEGIN(readability-identifier-naming): the names that it looks at
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 16
// Its assertions do not hold for every text, and are what the optimiser takes for granted in
// release builds; what they are about is then found to be an error.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
// NOLINTEND(readability-identifier-naming)
#include "cli/projection_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <mainstem/core/limits.hpp>

#include "cli/json_text.hpp"
#include "cli/projection_rules.hpp"
#include "cli/suggestion.hpp"

namespace mainstem::cli {
namespace {

using Change = FieldRule::Change;
using Kind = ValueSource::Kind;

struct Name {
    std::string_view text;
    Kind kind;
};
/// Much more than a file needs; so what is nested stays within the stack.
constexpr std::ptrdiff_t dots_of_line_most = 200;

constexpr std::array<Name, 9> plain_sources{{{"stream", Kind::stream},
                                             {"type", Kind::type},
                                             {"id", Kind::id},
                                             {"position", Kind::position},
                                             {"recorded_at", Kind::recorded_at},
                                             {"occurred_at", Kind::occurred_at},
                                             {"metadata.correlation", Kind::correlation},
                                             {"metadata.causation", Kind::causation},
                                             {"metadata.actor", Kind::actor}}};
constexpr std::array<std::pair<std::string_view, Change>, 5> changes{{{"set", Change::set},
                                                                      {"add", Change::add},
                                                                      {"max", Change::max},
                                                                      {"min", Change::min},
                                                                      {"append", Change::append}}};
constexpr std::array<std::pair<std::string_view, double>, 4> units{
    {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86400}}};

/// Its functions answer false when they have met a fault.
class Reader {
public:
    explicit Reader(std::string_view file) : file_(file) {}

    Result<ProjectionFile> read(std::string_view text) {
        if (!check_size(text)) return Error{ProjectionError::invalid, fault_};
        const auto parsed = toml::parse(text);
        if (!parsed) {
            const auto& error = parsed.error();
            fail(error.source().begin, with_hint(std::string{error.description()}));
        } else {
            read_file(parsed.table());
        }
        if (!fault_.empty()) return Error{ProjectionError::invalid, fault_};
        return std::move(out_);
    }

private:
    static std::string with_hint(std::string description) {
        if (description.contains("could not determine value type")) {
            description += "; a text stands in quotes";
        }
        return description;
    }

    /// TOML has no order within a table; ours is that of the file.
    struct PlacedField {
        toml::source_position at;
        FieldRule rule;
    };
    using PlacedFields = std::vector<PlacedField>;

    /// Each dot of a key is a table within a table.
    bool check_size(std::string_view text) {
        if (text.size() > limits::definition_bytes) {
            return fail(toml::source_position{1, 1},
                        fmt::format("the file is larger than {} bytes; split it into several "
                                    "projections",
                                    limits::definition_bytes));
        }
        for (toml::source_index line = 1; !text.empty(); ++line) {
            const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
            if (std::ranges::count(text.substr(0, end), '.') > dots_of_line_most) {
                return fail({line, 1}, fmt::format("more than {} dots in a line; write several",
                                                   dots_of_line_most));
            }
            text.remove_prefix(end);
        }
        return true;
    }

    bool fail(const toml::source_position& at, std::string_view what) {
        if (fault_.empty()) {
            fault_ = fmt::format("{}:{}:{}: {}", file_, at.line, at.column, what);
        }
        return false;
    }
    bool fail(const toml::node& node, std::string_view what) {
        return fail(node.source().begin, what);
    }

    /// Every key of the table is one of these.
    bool check_keys(const toml::table& table, const std::vector<std::string>& known) {
        for (const auto& [key, value] : table) {
            const std::string name{key.str()};
            if (std::ranges::find(known, name) != known.end()) continue;
            const auto meant = nearest(name, known);
            return fail(key.source().begin,
                        fmt::format("there is no {} here{}; there are {}", name,
                                    meant ? fmt::format(", perhaps {} is meant", *meant) : "",
                                    fmt::join(known, ", ")));
        }
        return true;
    }

    const toml::node* required(const toml::table& table, std::string_view key,
                               std::string_view example) {
        const auto* const node = table.get(key);
        if (node == nullptr) fail(table, fmt::format("{} is missing, as in {}", key, example));
        return node;
    }

    bool text(const toml::node* node, std::string_view what, std::string& target) {
        if (node == nullptr) return false;
        const auto value = node->value_exact<std::string>();
        if (!value) return fail(*node, fmt::format("{} must be a text in quotes", what));
        target = *value;
        return true;
    }

    /// One text, or a list of them.
    bool texts(const toml::node& node, std::string_view what, std::vector<std::string>& target) {
        if (const auto* const list = node.as_array()) {
            return std::ranges::all_of(*list, [&](const toml::node& each) {
                return text(&each, what, target.emplace_back());
            });
        }
        return text(&node, what, target.emplace_back());
    }

    bool flag(const toml::node& node, std::string_view what, bool& target) {
        const auto value = node.value_exact<bool>();
        if (!value) return fail(node, fmt::format("{} must be true or false", what));
        target = *value;
        return true;
    }

    bool read_file(const toml::table& file) {
        if (!check_keys(file,
                        {"projection", "version", "collection", "index", "events", "key", "on"})) {
            return false;
        }
        auto& declaration = out_.declaration;
        auto& collection = declaration.collections.emplace_back();
        if (!text(required(file, "projection", "projection = \"orders\""), "projection",
                  declaration.name))
            return false;
        collection.name = declaration.name;
        if (const auto* const node = file.get("collection")) {
            if (!text(node, "collection", collection.name)) return false;
        }
        if (!check_name(file, "projection", declaration.name)) return false;
        if (!check_name(file, "collection", collection.name)) return false;
        return read_version(file) && read_events(file) && read_indexes(file) &&
               source(required(file, "key", "key = \"stream\""), "key", out_.key) &&
               read_rules(file) && name_types();
    }

    bool check_name(const toml::table& file, std::string_view key, const std::string& name) {
        const auto* const node = file.get(key);
        if (node == nullptr) return true;
        if (!is_collection_name(name)) {
            return fail(*node, fmt::format("{} is a name: a letter, then letters, digits, _ and -, "
                                           "at most 63 of them",
                                           key));
        }
        const auto valid = check_collection({.name = name});
        return valid || fail(*node, valid.error().message());
    }

    bool read_version(const toml::table& file) {
        const auto* const node = file.get("version");
        if (node == nullptr) return true;
        const auto version = node->value_exact<std::int64_t>();
        if (!version || *version < 1 || *version > 1'000'000'000) {
            return fail(*node, "version must be a whole number from 1 to 1000000000");
        }
        out_.declaration.version = static_cast<std::uint32_t>(*version);
        return true;
    }

    bool read_events(const toml::table& file) {
        const auto* const node = file.get("events");
        std::string query;
        if (node == nullptr) return true;
        if (!text(node, "events", query)) return false;
        auto parsed = parse_query(query);
        if (!parsed) return fail(*node, "events: " + parsed.error().message());
        out_.filter = *std::move(parsed);
        out_.with_system_streams = true;
        return true;
    }

    /// `[[index]]` and `[[on]]`.
    template <class Read>
    bool each_table(const toml::table& file, std::string_view key, Read read) {
        const auto* const node = file.get(key);
        if (node == nullptr) return true;
        const auto* const list = node->as_array();
        if (list == nullptr || !list->is_homogeneous<toml::table>()) {
            return fail(*node, fmt::format("write [[{}]] before each", key));
        }
        return std::ranges::all_of(*list,
                                   [&](const toml::node& each) { return read(*each.as_table()); });
    }

    bool read_indexes(const toml::table& file) {
        auto& collection = out_.declaration.collections.front();
        return each_table(file, "index", [&](const toml::table& table) {
            if (!read_index(table, collection.indexes.emplace_back())) return false;
            // Those before it are in order, so what is wrong is this one.
            const auto valid = check_collection(collection);
            return valid || fail(table, valid.error().message());
        });
    }

    bool read_index(const toml::table& table, Index& index) {
        if (!check_keys(table, {"name", "fields", "unique", "where"})) return false;
        const auto* const fields = required(table, "fields", "fields = [\"state\", \"total\"]");
        if (fields == nullptr || !texts(*fields, "fields", index.fields)) return false;
        index.name = fmt::format("by_{}", fmt::join(index.fields, "_"));
        std::ranges::replace(index.name, '.', '_');
        if (const auto* const node = table.get("name")) {
            if (!text(node, "name", index.name)) return false;
        }
        if (const auto* const node = table.get("unique")) {
            if (!flag(*node, "unique", index.unique)) return false;
        }
        const auto* const where = table.get("where");
        std::string filter;
        if (where == nullptr) return true;
        if (!text(where, "where", filter)) return false;
        auto parsed = parse_filter(filter);
        if (!parsed) return fail(*where, "where: " + parsed.error().message());
        index.where = *std::move(parsed);
        return true;
    }

    bool read_rules(const toml::table& file) {
        if (required(file, "on", "[[on]] and set.state = \"type\" below it") == nullptr)
            return false;
        return each_table(file, "on", [this](const toml::table& table) {
            return read_rule(table, out_.rules.emplace_back());
        });
    }

    bool read_rule(const toml::table& table, EventRule& rule) {
        if (!check_keys(table, {"type", "remove", "set", "add", "max", "min", "append"})) {
            return false;
        }
        if (const auto* const node = table.get("type")) {
            if (!read_types(*node, rule.types)) return false;
        }
        if (const auto* const node = table.get("remove")) {
            if (!flag(*node, "remove", rule.remove)) return false;
        }
        if (!read_changes(table, rule.fields)) return false;
        if (rule.remove && !rule.fields.empty()) {
            return fail(table, "a document that is removed has no fields to change");
        }
        if (!rule.remove && rule.fields.empty()) {
            return fail(table,
                        "it changes nothing; write set.FIELD = SOURCE or another change, or "
                        "remove = true");
        }
        return true;
    }

    bool read_changes(const toml::table& table, std::vector<FieldRule>& out) {
        PlacedFields fields;
        for (const auto& [key, change] : changes) {
            const auto* const node = table.get(key);
            if (node != nullptr && !read_fields(*node, key, change, fields)) return false;
        }
        std::ranges::sort(fields, {}, &PlacedField::at);
        if (!check_order(fields)) return false;
        for (auto& field : fields) out.push_back(std::move(field.rule));
        return true;
    }

    bool read_types(const toml::node& node, std::vector<std::string>& types) {
        if (!texts(node, "type", types)) return false;
        const auto valid = check_query(EventQuery{QueryItem{.types = types}});
        return valid || fail(node, valid.error().message());
    }

    /// What one change makes of a field is what the next one finds.
    bool check_order(const PlacedFields& fields) {
        std::map<std::string_view, Change> before;
        return std::ranges::all_of(fields, [&](const PlacedField& field) {
            const auto [found, first] = before.emplace(field.rule.field, field.rule.change);
            if (first) return true;
            const auto fault = never_works_after(field.rule, found->second);
            found->second = field.rule.change;
            return !fault || fail(field.at, *fault);
        });
    }

    bool read_fields(const toml::node& node, std::string_view key, Change change,
                     PlacedFields& out) {
        const auto* const fields = node.as_table();
        if (fields == nullptr) {
            return fail(node, fmt::format("write {}.FIELD = SOURCE", key));
        }
        for (const auto& [name, value] : *fields) {
            auto& field = out.emplace_back(PlacedField{name.source().begin, {}}).rule;
            field.change = change;
            field.field = std::string{name.str()};
            if (!is_field_path(field.field) || field.field.find('.') != std::string::npos ||
                field.field.starts_with('_')) {
                return fail(name.source().begin,
                            fmt::format("{} is no field: a letter, then letters, digits, _ and -",
                                        field.field));
            }
            if (!source(&value, field.field, field.value)) return false;
            if (const auto fault = never_works(field)) return fail(value, *fault);
        }
        return true;
    }

    bool source(const toml::node* node, std::string_view what, ValueSource& target) {
        if (node == nullptr) return false;
        if (const auto* const table = node->as_table()) return table_source(*table, what, target);
        if (node->is_string()) return path_source(*node, what, target);
        if (node->is_number() || node->is_boolean()) return literal_source(*node, target);
        return fail(*node, fmt::format("{} must be a source of a value, as \"data.total\", a "
                                       "number, true, false or {{ text = \"…\" }}",
                                       what));
    }

    bool literal_source(const toml::node& node, ValueSource& target) {
        target.kind = Kind::literal;
        if (const auto number = node.value_exact<std::int64_t>()) {
            detail::write_json_integer(target.json, *number);
        } else if (const auto real = node.value_exact<double>()) {
            if (!detail::write_json_number(target.json, *real)) {
                return fail(node, "a number must be finite");
            }
        } else {
            target.json = node.value_exact<bool>().value_or(false) ? "true" : "false";
        }
        target.text = target.json;
        return true;
    }

    bool path_source(const toml::node& node, std::string_view what, ValueSource& target) {
        if (!text(&node, what, target.text)) return false;
        const std::string_view path = target.text;
        const auto plain = std::ranges::find(plain_sources, path, &Name::text);
        if (plain != plain_sources.end()) {
            target.kind = plain->kind;
            return true;
        }
        if (path.starts_with("tag.") && path.size() > 4) {
            target.kind = Kind::tag;
            target.path.emplace_back(path.substr(4));
            return true;
        }
        if (!path.starts_with("data.")) {
            return fail(node, fmt::format("{} is no source; there are data.FIELD, tag.KEY, stream, "
                                          "type, id, position, recorded_at, occurred_at, "
                                          "metadata.correlation, metadata.causation, "
                                          "metadata.actor, and {{ text = \"…\" }} for a fixed text",
                                          path));
        }
        target.kind = Kind::data;
        for (auto rest = path.substr(5);;) {
            const auto dot = rest.find('.');
            target.path.emplace_back(rest.substr(0, dot));
            if (target.path.back().empty()) return fail(node, "a name between dots is empty");
            if (dot == std::string_view::npos) return true;
            rest.remove_prefix(dot + 1);
        }
    }

    bool table_source(const toml::table& table, std::string_view what, ValueSource& target) {
        if (!check_keys(table, {"text", "from", "number", "optional", "seconds", "minutes", "hours",
                                "days"})) {
            return false;
        }
        if (!one_source(table, what)) return false;
        if (const auto* const node = table.get("text")) {
            std::string literal;
            if (!text(node, "text", literal)) return false;
            append_json_string(target.json, literal);
            target.text = target.json;
            return true;
        }
        for (const auto& [unit, seconds] : units) {
            const auto* const node = table.get(unit);
            if (node != nullptr && !elapsed_source(*node, unit, seconds, target)) return false;
        }
        if (const auto* const node = table.get("from")) {
            if (!path_source(*node, what, target)) return false;
        }
        if (const auto* const node = table.get("number")) {
            if (!path_source(*node, what, target)) return false;
            target.number = true;
        }
        const auto* const optional = table.get("optional");
        return optional == nullptr || flag(*optional, "optional", target.optional);
    }

    bool one_source(const toml::table& table, std::string_view what) {
        constexpr std::array sources{"text",    "from",  "number", "seconds",
                                     "minutes", "hours", "days"};
        const auto count =
            std::ranges::count_if(sources, [&](const char* name) { return table.contains(name); });
        return count == 1 || fail(table, fmt::format("{} needs one of {}, and only one", what,
                                                     fmt::join(sources, ", ")));
    }

    bool elapsed_source(const toml::node& node, std::string_view unit, double seconds,
                        ValueSource& target) {
        const auto* const pair = node.as_array();
        if (pair == nullptr || pair->size() != 2) {
            return fail(node, fmt::format("{0} takes two times, as {0} = [\"data.start\", "
                                          "\"occurred_at\"]",
                                          unit));
        }
        target.kind = Kind::elapsed;
        target.unit_seconds = seconds;
        for (const auto& time : *pair) {
            if (!path_source(time, unit, target.times.emplace_back())) return false;
        }
        target.text =
            fmt::format("{} from {} to {}", unit, target.times[0].text, target.times[1].text);
        return true;
    }

    /// Without a query of its own, it asks for the types that its rules name.
    bool name_types() {
        const bool every = std::ranges::any_of(
            out_.rules, [](const EventRule& rule) { return rule.types.empty(); });
        if (!out_.filter.items.empty() || every) return true;
        QueryItem item;
        for (const auto& rule : out_.rules) {
            for (const auto& type : rule.types) {
                if (std::ranges::find(item.types, type) == item.types.end()) {
                    item.types.push_back(type);
                }
            }
        }
        out_.filter = item;
        if (const auto valid = check_query(out_.filter); !valid) {
            return fail(toml::source_position{1, 1}, valid.error().message());
        }
        return true;
    }

    std::string_view file_;
    ProjectionFile out_;
    std::string fault_;
};

}  // namespace

bool same_fold(const ProjectionFile& one, const ProjectionFile& other) {
    return one.filter == other.filter && one.with_system_streams == other.with_system_streams &&
           one.key == other.key && one.rules == other.rules;
}

Result<ProjectionFile> parse_projection_file(std::string_view text, std::string_view file) {
    auto parsed = Reader{file}.read(text);
    if (parsed) parsed->declaration.definition = text;
    return parsed;
}

}  // namespace mainstem::cli
