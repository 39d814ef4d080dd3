// A scheme is what stands before the first colon.
#include "open/address.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

constexpr std::string_view choices = "give a directory, file:DIRECTORY or memory:";

bool is_scheme_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

/// The scheme before the first colon; empty if the address is a plain path. A name with a colon
/// in it is taken for an address, never for a new directory: write `./a:b` for that.
std::string_view scheme_of(std::string_view address) {
    const auto scheme = address.substr(0, address.find(':'));
    if (scheme.size() == address.size()) return {};
    return std::ranges::all_of(scheme, is_scheme_character) ? scheme : std::string_view{};
}

Error invalid(std::string message) { return {StoreError::invalid, std::move(message)}; }

Result<Address> in_memory(std::string_view name) {
    if (name.empty()) return Address{.backend = Address::Backend::memory};
    return invalid(
        fmt::format("a memory store has no name: write memory: without {}", shown(name)));
}

Result<Address> in_directory(std::string_view directory) {
    if (directory.empty()) return invalid(fmt::format("the directory is empty; {}", choices));
    if (directory.contains('\0')) {
        return invalid(fmt::format("a path has no zero byte: {}", shown(directory)));
    }
    return Address{.directory = directory};
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
    if (text.empty()) return invalid(fmt::format("the address is empty; {}", choices));
    const auto scheme = scheme_of(text);
    if (scheme.empty()) return in_directory(text);
    const auto rest = text.substr(scheme.size() + 1);
    if (scheme == "memory") return in_memory(rest);
    if (scheme == "file") return in_directory(rest);
    return invalid(fmt::format("{}: addresses are not supported yet; {}", shown(scheme), choices));
}

}  // namespace mainstem
