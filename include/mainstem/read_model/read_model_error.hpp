// What can go wrong with a read model.
#pragma once

#include <cstdint>
#include <string_view>

namespace mainstem {

enum class ReadModelError : std::uint8_t {
    invalid,       ///< breaks a rule or a limit
    not_found,     ///< no such model, collection or projection
    not_unique,    ///< two documents are equal in a unique index
    taken,         ///< the collection belongs to another projection
    fenced,        ///< another runner leads now, or has moved the checkpoint
    busy,          ///< another process is writing for too long
    damaged,       ///< what is stored is no read model, or broken
    newer_format,  ///< written by a later version of Mainstem
    full,          ///< no room on the disk
    failed,        ///< the system or the database failed
};

[[nodiscard]] std::string_view name(ReadModelError code) noexcept;
/// True of busy, full and failed.
[[nodiscard]] bool retryable(ReadModelError code) noexcept;

}  // namespace mainstem
