// How far an import is: the progress event that each of its batches carries, in the same request,
// in the system stream `$import-NAME`. A batch and its progress are stored together or not at all,
// so an import that broke can be run again without loss and without doubles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>
#include <mainstem/store/event_store.hpp>

namespace mainstem::cli {

inline constexpr std::string_view checkpoint_type = "ImportProgress";

struct ImportCheckpoint {
    std::uint64_t rows = 0;      ///< taken from the file, bad and left out ones too
    std::uint64_t events = 0;    ///< stored
    std::uint64_t bad_rows = 0;  ///< set aside
    std::uint64_t skipped = 0;   ///< left out: events of system streams
    std::uint64_t bytes = 0;     ///< of the file that are dealt with; all of it if it is sorted
    std::string fingerprint;     ///< of these bytes
    std::string options = "{}";  ///< a JSON object: what must stay the same until it is finished
    bool finished = false;

    bool operator==(const ImportCheckpoint&) const = default;
};

/// The payload of a progress event.
[[nodiscard]] std::string encode_checkpoint(const ImportCheckpoint& checkpoint);
[[nodiscard]] Result<ImportCheckpoint> decode_checkpoint(std::string_view payload);

/// The first option that differs: `--time was "a", now it is "b"`; nullopt if all are the same.
[[nodiscard]] std::optional<std::string> changed_option(std::string_view before,
                                                        std::string_view now);

/// The system stream of an import.
[[nodiscard]] StreamId checkpoint_stream(std::string_view source);

struct StoredCheckpoint {
    Version version;  ///< of the progress stream; 0 if the import is new
    ImportCheckpoint checkpoint;
};

/// The last progress of an import; the default one if it is new.
[[nodiscard]] Result<StoredCheckpoint> last_checkpoint(EventStore& store, const StreamId& stream);

}  // namespace mainstem::cli
