// The grammar of addresses: a directory, `file:DIRECTORY` or `memory:`. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include <mainstem/core/result.hpp>

namespace mainstem {

struct Address {
    enum class Backend : std::uint8_t { log, memory };
    Backend backend = Backend::log;
    std::string_view directory = {};  ///< of a log
};

/// What `text` names; it must outlive the answer. invalid: it can name no store.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

}  // namespace mainstem
