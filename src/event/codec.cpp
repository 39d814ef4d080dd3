// What the codecs of all types share: errors with their place, and the version of a stored event.
#include <mainstem/event/codec.hpp>

#include <charconv>

#include <fmt/format.h>

namespace mainstem {

std::string_view name(EventError code) noexcept {
    switch (code) {
        case EventError::unknown_type: return "unknown_type";
        case EventError::newer_version: return "newer_version";
        case EventError::bad_payload: return "bad_payload";
        case EventError::unencodable: return "unencodable";
    }
    return "unknown";
}

bool retryable(EventError) noexcept { return false; }

namespace detail {
namespace {

constexpr std::string_view version_parameter = "; version=";

Error placed(EventError code, const EventView& event, std::string_view problem) {
    return {code, fmt::format("position {}, stream \"{}\", type \"{}\": {}", event.position.value,
                              event.stream, event.type, problem)};
}

}  // namespace

std::string stored_content_type(std::string_view content_type, unsigned version) {
    if (version == 1) return std::string{content_type};
    return fmt::format("{}{}{}", content_type, version_parameter, version);
}

StoredForm stored_form(std::string_view content_type) noexcept {
    if (content_type.empty()) return {};
    const auto at = content_type.rfind(version_parameter);
    if (at == std::string_view::npos) return {.content_type = content_type};
    StoredForm form{.content_type = content_type.substr(0, at)};
    const auto number = content_type.substr(at + version_parameter.size());
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), form.version);
    // A parameter that is no version of ours belongs to the content type.
    if (error != std::errc{} || end != number.data() + number.size() || form.version == 0) {
        return {.content_type = content_type};
    }
    return form;
}

Error unknown_type_error(const EventView& event) {
    return placed(EventError::unknown_type, event, "no such event is known here");
}

Error newer_version_error(const EventView& event, unsigned stored, unsigned known) {
    return placed(EventError::newer_version, event,
                  fmt::format("stored as version {}, this program knows up to {}; use a newer one",
                              stored, known));
}

Error payload_error(const EventView& event, const Error& problem) {
    return placed(EventError::bad_payload, event, problem.message());
}

Error content_type_error(const EventView& event, std::string_view expected) {
    return placed(EventError::bad_payload, event,
                  fmt::format("expected content type \"{}\", found \"{}\"", expected,
                              stored_form(event.content_type).content_type));
}

}  // namespace detail
}  // namespace mainstem
