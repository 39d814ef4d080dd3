// Parsing JSON with Boost.JSON, numbers exactly.
#pragma once

#include <string_view>

#include <boost/json/error.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

namespace mainstem::detail {

/// The value of a text by RFC 8259, at most 32 levels deep. Boost.JSON's own numbers with a
/// fraction may be off in their last bits; here they are what std::from_chars says, so that a
/// number comes back as it was written. O(size).
[[nodiscard]] boost::json::value parse_json(std::string_view text, boost::json::storage_ptr memory,
                                            boost::json::error_code& error);

}  // namespace mainstem::detail
