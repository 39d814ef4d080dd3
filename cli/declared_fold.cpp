// Documents are trees of JSON values here, read and written by the codec of documents.
#include "cli/declared_fold.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/time_text.hpp>
#include <mainstem/projection/documents.hpp>

#include "cli/exit_code.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {

/// A document whose fields are known at run time.
struct JsonDocument {
    boost::json::value fields = boost::json::object{};

    boost::json::object& object() { return fields.get_object(); }
};

}  // namespace mainstem::cli

namespace mainstem::detail {

/// The value as Boost.JSON has it, to be changed.
inline boost::json::value to_value(JsonValue from) {
    bool truth{};
    std::int64_t integer{};
    std::uint64_t large{};
    double number{};
    std::string_view text;
    if (from.is_object()) {
        boost::json::object object;
        for (std::size_t i = 0; i < from.size(); ++i) {
            const auto [name, member] = from.member(i);
            object.emplace(name, to_value(member));
        }
        return object;
    }
    if (from.is_array()) {
        boost::json::array array;
        for (std::size_t i = 0; i < from.size(); ++i) array.push_back(to_value(from.element(i)));
        return array;
    }
    if (from.get(truth)) return truth;
    if (from.get(integer)) return integer;
    if (from.get(large)) return large;
    if (from.get(number)) return number;
    if (from.get(text)) return boost::json::string{text};
    return nullptr;
}

template <>
struct Json<cli::JsonDocument> {
    static bool write(const cli::JsonDocument& document, std::string& out, JsonFault& fault) {
        return write_json_value(out, JsonValue{&document.fields}) ||
               fault.is("a text is no UTF-8, or a number not finite");
    }
    static bool scan(cli::JsonDocument&, JsonScan&) { return false; }
    static bool read(cli::JsonDocument& document, JsonValue from, JsonFault& fault) {
        if (!from.is_object()) return expected("an object", from, fault);
        document.fields = to_value(from);
        return true;
    }
};

}  // namespace mainstem::detail

namespace mainstem::cli {
namespace {

using boost::json::value;
using Kind = ValueSource::Kind;

Error failed(std::string message) { return {ProjectionError::failed, std::move(message)}; }

/// A value for messages, cut where it is long.
std::string shown(const value& one) {
    std::string json;
    if (!detail::write_json_value(json, detail::JsonValue{&one})) return "a value";
    return shortened(json, 100);
}

/// An event and what is asked of it.
class EventValues {
public:
    explicit EventValues(const EventView& event) : event_(event) {}

    /// Nothing: it is not there, and need not be.
    Result<std::optional<value>> get(const ValueSource& source) {
        auto found = find(source);
        if (!found || *found || source.optional) return found;
        if (source.kind == Kind::elapsed) {
            return failed(
                fmt::format("{}: a time is not there; add optional = true if it may be "
                            "missing",
                            source.text));
        }
        return failed(
            fmt::format("{} is not there; write {{ {} = \"{}\", optional = true }} if "
                        "it may be missing",
                        source.text, source.number ? "number" : "from", source.text));
    }

private:
    Result<std::optional<value>> find(const ValueSource& source) {
        auto found = look_up(source);
        if (!found || !*found || !source.number || (*found)->is_number()) return found;
        const auto* const text = (*found)->if_string();
        if (text != nullptr && text->empty()) return std::optional<value>{};
        auto number = text == nullptr ? std::nullopt : number_of(*text);
        if (!number) {
            return failed(fmt::format("{} is no number but {}", source.text, shown(**found)));
        }
        return number;
    }

    /// The number that a text says, as JSON has it.
    static std::optional<value> number_of(std::string_view text) {
        detail::JsonFault fault;
        const detail::JsonText json{text, fault};
        if (json.root().absent()) return {};
        auto number = detail::to_value(json.root());
        if (!number.is_number()) return {};
        return number;
    }

    Result<std::optional<value>> look_up(const ValueSource& source) {
        const auto text = [](std::string_view part) {
            return part.empty() ? std::optional<value>{} : value(part);
        };
        switch (source.kind) {
            case Kind::data: return in_data(source);
            case Kind::tag: return tag(source.path.front());
            case Kind::stream: return text(event_.stream);
            case Kind::type: return text(event_.type);
            case Kind::id: return text(event_.id.to_string());
            case Kind::position: return std::make_optional<value>(event_.position.value);
            case Kind::recorded_at: return text(to_rfc3339(event_.recorded_at));
            case Kind::occurred_at: return text(to_rfc3339(event_.occurred_at));
            case Kind::correlation: return text(event_.metadata.correlation());
            case Kind::causation: return text(event_.metadata.causation());
            case Kind::actor: return text(event_.metadata.actor());
            case Kind::literal: return std::make_optional<value>(boost::json::parse(source.json));
            case Kind::elapsed: return elapsed(source);
        }
        return std::optional<value>{};
    }

    Result<std::optional<value>> in_data(const ValueSource& source) {
        if (!data_) {
            if (event_.data.empty()) return std::optional<value>{};
            detail::JsonFault fault;
            data_.emplace(event_.data, fault);
            if (data_->root().absent()) return failed("the payload is " + fault.to_string());
        }
        auto at = data_->root();
        for (const auto& name : source.path) at = at.member(name);
        if (at.absent() || at.is_null()) return std::optional<value>{};
        return std::make_optional<value>(detail::to_value(at));
    }

    std::optional<value> tag(std::string_view key) const {
        for (const auto tag : event_.tags) {
            if (tag.size() > key.size() && tag.starts_with(key) &&
                (tag[key.size()] == ':' || tag[key.size()] == '=')) {
                return value(tag.substr(key.size() + 1));
            }
        }
        return {};
    }

    Result<std::optional<value>> elapsed(const ValueSource& source) {
        std::array<Timestamp, 2> times{};
        for (std::size_t i = 0; i < times.size(); ++i) {
            const auto found = find(source.times[i]);
            if (!found) return found.error();
            if (!*found) return std::optional<value>{};
            const auto* const text = (*found)->if_string();
            if (text != nullptr && text->empty()) return std::optional<value>{};
            const auto time = text == nullptr ? std::nullopt : parse_time(*text);
            if (!time) {
                return failed(
                    fmt::format("{} is no time but {}", source.times[i].text, shown(**found)));
            }
            times[i] = *time;
        }
        const std::chrono::duration<double> seconds = times[1] - times[0];
        return std::make_optional<value>(seconds.count() / source.unit_seconds);
    }

    const EventView& event_;
    std::optional<detail::JsonText> data_;
};

bool is_number(const value& one) { return one.is_number(); }

/// The sum; an integer as long as both are and it fits.
value sum(const value& one, const value& other) {
    std::int64_t whole{};
    if (one.is_int64() && other.is_int64() &&
        !__builtin_add_overflow(one.get_int64(), other.get_int64(), &whole)) {
        return whole;
    }
    return one.to_number<double>() + other.to_number<double>();
}

Error other_kind(const FieldRule& rule, const value& found, std::string_view expected) {
    return failed(fmt::format("{}: expected {} from {}, found {}", rule.field, expected,
                              rule.value.text, shown(found)));
}

/// True if `one` comes before `other`; nothing if they have no order.
std::optional<bool> less(const value& one, const value& other) {
    if (one.is_string() && other.is_string()) return one.get_string() < other.get_string();
    if (!is_number(one) || !is_number(other)) return {};
    if (one.is_int64() && other.is_int64()) return one.get_int64() < other.get_int64();
    if (one.is_uint64() && other.is_uint64()) return one.get_uint64() < other.get_uint64();
    return one.to_number<double>() < other.to_number<double>();
}

Result<void> change(boost::json::object& fields, const FieldRule& rule, value fresh) {
    auto* const now = fields.if_contains(rule.field);
    switch (rule.change) {
        case FieldRule::Change::set: break;
        case FieldRule::Change::append:
            if (now == nullptr) {
                fields[rule.field].emplace_array().push_back(std::move(fresh));
            } else if (auto* const list = now->if_array()) {
                list->push_back(std::move(fresh));
            } else {
                return other_kind(rule, *now, "a list in the document");
            }
            return {};
        case FieldRule::Change::add:
            if (!is_number(fresh)) return other_kind(rule, fresh, "a number");
            if (now == nullptr) break;
            if (!is_number(*now)) return other_kind(rule, *now, "a number in the document");
            *now = sum(*now, fresh);
            return {};
        case FieldRule::Change::max:
        case FieldRule::Change::min: {
            if (now == nullptr) break;
            const auto above = less(*now, fresh);
            if (!above) {
                return other_kind(rule, fresh, "what can be compared with " + shown(*now));
            }
            const bool below = less(fresh, *now).value_or(false);
            if (!(rule.change == FieldRule::Change::max ? *above : below)) return {};
            break;
        }
    }
    fields[rule.field] = std::move(fresh);
    return {};
}

class DeclaredFold final : public Fold {
public:
    DeclaredFold(std::shared_ptr<const ProjectionFile> file, const FoldBegin& begin)
        : file_(std::move(file)) {
        context_.model = begin.model;
        context_.generation = begin.generation;
        context_.complete = begin.empty;
        context_.documents_most = begin.documents_most;
        context_.batch = 1;
    }

    Result<void> apply(const EventView& event) override {
        context_.position = event.position;
        // Mainstem's own streams are no one's subject who does not ask for them.
        if (!file_->with_system_streams && event.stream.starts_with('$')) return {};
        auto done = apply_rules(event);
        if (context_.failure) return *context_.failure;
        if (!done) return detail::apply_error(event, done.error().message());
        return done;
    }
    [[nodiscard]] std::size_t changed() const override { return documents_.changed(); }
    Result<void> collect(std::vector<DocumentChange>& changes) override {
        return documents_.collect(changes);
    }
    void committed() override {
        documents_.committed();
        ++context_.batch;
    }
    void drop() override {
        documents_.drop();
        ++context_.batch;
        context_.failure.reset();
    }

private:
    Result<void> apply_rules(const EventView& event) {
        EventValues values{event};
        std::optional<std::string> id;
        for (const auto& rule : file_->rules) {
            if (!rule.types.empty() &&
                std::ranges::find(rule.types, event.type) == rule.types.end()) {
                continue;
            }
            if (!id) {
                auto key = values.get(file_->key);
                if (!key) return std::move(key).error();
                if (!*key) return {};
                auto text = id_of(file_->key, **key);
                if (!text) return std::move(text).error();
                id = *std::move(text);
            }
            if (auto done = apply_rule(rule, *id, values); !done) return done;
        }
        return {};
    }

    Result<void> apply_rule(const EventRule& rule, const std::string& id, EventValues& values) {
        if (rule.remove) {
            documents_.remove(id);
            return {};
        }
        auto& fields = documents_[id].object();
        for (const auto& field : rule.fields) {
            auto fresh = values.get(field.value);
            if (!fresh) return std::move(fresh).error();
            if (!*fresh) continue;
            if (auto done = change(fields, field, **std::move(fresh)); !done) return done;
        }
        return {};
    }

    static Result<std::string> id_of(const ValueSource& source, const value& key) {
        if (const auto* const text = key.if_string()) {
            if (!text->empty()) return std::string{*text};
        } else if (!key.is_object() && !key.is_array()) {
            return shown(key);
        }
        return failed(
            fmt::format("key: {} is {}; an id is a text that is not empty, a number, "
                        "true or false",
                        source.text, shown(key)));
    }

    std::shared_ptr<const ProjectionFile> file_;
    detail::FoldContext context_;
    DocumentSet<JsonDocument> documents_{context_, file_->declaration.collections.front().name};
};

}  // namespace

std::unique_ptr<Fold> declared_fold(std::shared_ptr<const ProjectionFile> file,
                                    const FoldBegin& begin) {
    return std::make_unique<DeclaredFold>(std::move(file), begin);
}

Projection projection_of(ProjectionFile file) {
    const auto shared = std::make_shared<const ProjectionFile>(std::move(file));
    const bool by_stream = shared->key.kind == ValueSource::Kind::stream;
    return {.declaration = shared->declaration,
            .filter = shared->filter,
            .partition_by = by_stream ? PartitionBy::stream : PartitionBy::nothing,
            .fold = [shared](const FoldBegin& begin) { return declared_fold(shared, begin); }};
}

Result<Projection> load_projection(const std::string& path) {
    const auto unreadable = [&] {
        return Error{CliError::failed, fmt::format("cannot read {}: {}", in_quotes(path),
                                                   std::generic_category().message(errno))};
    };
    errno = 0;
    std::ifstream in{path, std::ios::binary};
    if (!in) return unreadable();
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) {
        errno = EISDIR;
        return unreadable();
    }
    // One byte more than is allowed tells that there is more.
    std::string text(limits::definition_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return unreadable();
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto file = parse_projection_file(text, path);
    if (!file) return std::move(file).error();
    return projection_of(*std::move(file));
}

}  // namespace mainstem::cli
