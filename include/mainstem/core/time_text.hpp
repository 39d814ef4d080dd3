// Times as people and programs write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/types.hpp>

namespace mainstem {

/// RFC 3339 in UTC, with the least of 0, 3 or 6 digits of fraction that loses nothing:
/// `2011-10-11T11:45:40.276Z`. Times outside the years 0 to 9999, which RFC 3339 cannot express,
/// get a year with a sign.
std::string to_rfc3339(Timestamp time);

/// Reads RFC 3339, also with a space for the `T`, with a zone as `+HH:MM`, `+HHMM`, `+HH` or `Z`,
/// or without one, which means UTC. A fraction has any number of digits; what is finer than a
/// microsecond is cut off. nullopt for anything else: days and hours that do not exist, leap
/// seconds, times that are not in the years 1 to 9999 of UTC.
std::optional<Timestamp> parse_time(std::string_view text) noexcept;

}  // namespace mainstem
