// Names of rotated logs as logrotate(8) makes them, and zlib, which reads plain files as they are.
#include "cli/dpkg_log.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <zlib.h>

#include "cli/exit_code.hpp"
#include "cli/expect_text.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

constexpr std::string_view log_name = "dpkg.log";
constexpr std::string_view compressed_ending = ".gz";
constexpr std::size_t longest_part = 64UL * 1024;

struct Part {
    std::string name;
    /// Parts with dates are older than numbered ones are older than the log itself; among their
    /// like, early dates and high numbers come first.
    std::tuple<int, std::int64_t> age;
    bool compressed = false;
};

std::optional<Part> part_of(const std::string& name) {
    std::string_view rest = name;
    if (!rest.starts_with(log_name)) return std::nullopt;
    rest.remove_prefix(log_name.size());
    Part part{.name = name, .age = {2, 0}};
    part.compressed = rest.ends_with(compressed_ending);
    if (part.compressed) rest.remove_suffix(compressed_ending.size());
    if (rest.empty()) return part.compressed ? std::nullopt : std::optional{part};
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

}  // namespace

std::vector<std::string> log_parts(const std::vector<std::string>& names) {
    std::vector<Part> parts;
    for (const auto& name : names) {
        if (auto part = part_of(name)) parts.push_back(std::move(*part));
    }
    std::ranges::sort(parts, {},
                      [](const Part& part) { return std::tuple{part.age, part.compressed}; });
    const auto twice = std::ranges::unique(parts, {}, &Part::age);
    parts.erase(twice.begin(), twice.end());
    std::vector<std::string> ordered;
    ordered.reserve(parts.size());
    for (auto& part : parts) ordered.push_back(std::move(part.name));
    return ordered;
}

Result<void> for_each_line(const std::string& path, const LineVisitor& visit) {
    const std::unique_ptr<gzFile_s, CloseFile> file{gzopen(path.c_str(), "rb")};
    if (!file) return Error{CliError::failed, fmt::format("cannot open {}", in_quotes(path))};
    std::vector<char> buffer(longest_part);
    while (gzgets(file.get(), buffer.data(), static_cast<int>(buffer.size())) != nullptr) {
        std::string_view line{buffer.data()};
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (!visit(line)) return {};
    }
    int code = Z_OK;
    const std::string reason = gzerror(file.get(), &code);
    if (code == Z_OK || code == Z_STREAM_END) return {};
    return Error{CliError::failed, fmt::format("cannot read {}: {}", in_quotes(path), reason)};
}

}  // namespace mainstem::cli
