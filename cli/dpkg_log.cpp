// Names of rotated logs as logrotate(8) makes them, and zlib, which reads plain files as they are.
#include "cli/dpkg_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr std::string_view log_name = "dpkg.log";
constexpr std::size_t longest_part = 64UL * 1024;

/// Parts that are easier to read come first.
enum class Packing : std::uint8_t { none, gzip, unsupported };
constexpr std::array<std::pair<std::string_view, Packing>, 4> packings{
    {{".gz", Packing::gzip},
     {".xz", Packing::unsupported},
     {".bz2", Packing::unsupported},
     {".zst", Packing::unsupported}}};

struct Part {
    std::string name;
    /// Parts with dates are older than numbered ones are older than the log itself; among their
    /// like, early dates and high numbers come first.
    std::tuple<int, std::int64_t> age;
    Packing packing = Packing::none;
};

std::optional<Part> part_of(const std::string& name) {
    std::string_view rest = name;
    if (!rest.starts_with(log_name)) return std::nullopt;
    rest.remove_prefix(log_name.size());
    Part part{.name = name, .age = {2, 0}};
    for (const auto& [ending, packing] : packings) {
        if (!rest.ends_with(ending)) continue;
        part.packing = packing;
        rest.remove_suffix(ending.size());
        break;
    }
    const bool is_packed = part.packing != Packing::none;
    if (rest.empty()) return is_packed ? std::nullopt : std::optional{part};
    const auto number = parse_number(rest.substr(1));
    if (!number) return std::nullopt;
    if (rest.front() == '.') {
        part.age = {1, -static_cast<std::int64_t>(*number)};
    } else if (rest.front() == '-') {
        part.age = {0, static_cast<std::int64_t>(*number)};
    } else {
        return std::nullopt;
    }
    return part;
}

struct CloseFile {
    void operator()(gzFile_s* file) const noexcept { gzclose(file); }
};

/// Why zlib stopped; nullopt if it reached the end.
std::optional<std::string> fault_of(gzFile_s* file, const std::string& path) {
    int code = Z_OK;
    std::string reason = gzerror(file, &code);
    if (code == Z_OK || code == Z_STREAM_END) return std::nullopt;
    const auto prefix = path + ": ";
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

}  // namespace

LogParts log_parts(const std::vector<std::string>& names) {
    std::vector<Part> parts;
    for (const auto& name : names) {
        if (auto part = part_of(name)) parts.push_back(std::move(*part));
    }
    std::ranges::sort(parts, {},
                      [](const Part& part) { return std::tuple{part.age, part.packing}; });
    const auto twice = std::ranges::unique(parts, {}, &Part::age);
    parts.erase(twice.begin(), twice.end());
    LogParts ordered;
    for (auto& part : parts) {
        const bool is_readable = part.packing != Packing::unsupported;
        (is_readable ? ordered.readable : ordered.unsupported).push_back(std::move(part.name));
    }
    return ordered;
}

Result<void> for_each_line(const std::string& path, const LineVisitor& visit) {
    const std::unique_ptr<gzFile_s, CloseFile> file{gzopen(path.c_str(), "rb")};
    if (!file)
        return Error{CliError::failed, fmt::format("cannot read {}: {}", in_quotes(path),
                                                   std::generic_category().message(errno))};
    std::vector<char> buffer(longest_part);
    while (gzgets(file.get(), buffer.data(), static_cast<int>(buffer.size())) != nullptr) {
        std::string_view line{buffer.data()};
        const bool is_whole = line.ends_with('\n');
        // What stands before a fault without a line break may be cut.
        if (!is_whole && fault_of(file.get(), path)) break;
        if (is_whole) line.remove_suffix(1);
        if (!visit(line)) return {};
    }
    const auto fault = fault_of(file.get(), path);
    if (!fault) return {};
    return Error{CliError::failed, fmt::format("cannot read {}: {}", in_quotes(path), *fault)};
}

}  // namespace mainstem::cli
