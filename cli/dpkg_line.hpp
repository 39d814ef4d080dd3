// A line of dpkg's log as an event. dpkg(1) writes one line for each thing it does:
//
//     2026-11-22 21:04:11 install htop:amd64 <none> 3.2.2-2
//     2026-11-22 21:04:11 status half-installed htop:amd64 3.2.2-2
//     2026-11-22 21:04:12 startup archives unpack
//
// A line about a package goes to the package's stream `name:arch`, any other to the stream `dpkg`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/types.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/store/append.hpp>

namespace mainstem::cli {

/// The stream of lines that are about no package.
inline constexpr std::string_view dpkg_stream = "dpkg";

inline constexpr std::string_view install_started = "InstallStarted";
inline constexpr std::string_view status_changed = "StatusChanged";

/// What dpkg writes for "no version".
inline constexpr std::string_view no_version = "<none>";

struct DpkgLine {
    std::string time;     ///< `YYYY-MM-DD HH:MM:SS`, by the machine's own clock and zone
    std::string stream;   ///< `name:arch` or `dpkg`
    std::string type;     ///< `InstallStarted`, `StatusChanged`, `DpkgStarted`, ...
    std::string payload;  ///< JSON

    bool operator==(const DpkgLine&) const = default;
};

/// nullopt for a line that dpkg would not write.
[[nodiscard]] std::optional<DpkgLine> parse_dpkg_line(std::string_view line);

/// The moment of a local time; nullopt if the zone has none such. Reads the zone from the
/// environment.
[[nodiscard]] std::optional<Timestamp> local_moment(std::string_view time);

/// The event of a line and its stream; nullopt if no store would take it.
[[nodiscard]] std::optional<StreamEvent> event_of_line(std::string_view line);

}  // namespace mainstem::cli
