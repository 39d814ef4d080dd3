// The files of snapshots: written as a whole, believed only if everything about them is right.
#include "command/snapshot_folder.hpp"

#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/crc32c.hpp"
#include "core/replace_file.hpp"

namespace mainstem::command {
namespace {

constexpr std::string_view magic = "mainstem snapshot 1 ";
constexpr std::size_t checksum_digits = 8;
/// A larger one is not read: it is no snapshot of ours.
constexpr std::uint64_t largest = 256ULL << 20;

/// A stream and the last event of it that the state has in it.
struct SnapshotStream {
    StreamId stream;
    std::uint64_t version;
    EventId last;
};

/// The second line of a snapshot; the rest is the state.
struct SnapshotHeader {
    std::string state;
    std::uint32_t state_version;
    std::uint64_t events;
    std::vector<SnapshotStream> streams;
};

std::uint32_t checksum_of(std::string_view text) { return crc32c(0, text.data(), text.size()); }

/// The id of an event of a stream; nullopt if it is not there.
std::optional<EventId> id_at(const Store& store, const StreamId& stream, Version version) {
    if (version.value == 0) return EventId{};
    auto cursor = store.read(stream, {.from = version, .limit = 1});
    const auto* event = cursor.next();
    if (!event || !event->has_value() || (*event)->version != version) return std::nullopt;
    return (*event)->id;
}

std::optional<std::string> read_whole(Disk& disk, const std::string& path) {
    const auto file = disk.open(path, FileMode::read);
    if (!file) return std::nullopt;
    const auto size = (*file)->size();
    if (!size || *size > largest) return std::nullopt;
    std::string text(*size, '\0');
    const auto got = (*file)->read_at(std::as_writable_bytes(std::span{text}), 0);
    if (!got || *got != text.size()) return std::nullopt;
    return text;
}

/// What stands behind the first line, if that is right.
std::optional<std::string_view> checked(std::string_view text) {
    const auto body = magic.size() + checksum_digits + 1;
    if (text.size() < body || !text.starts_with(magic) || text[body - 1] != '\n') return {};
    std::uint32_t checksum = 0;
    const char* const digits = text.data() + magic.size();
    const auto read = std::from_chars(digits, digits + checksum_digits, checksum, 16);
    text.remove_prefix(body);
    if (read.ptr != digits + checksum_digits || checksum != checksum_of(text)) return {};
    return text;
}

/// True if the header is that of the key's state, as this program has it.
bool fits(const SnapshotHeader& header, const StateKey& key) {
    if (header.state != key.type->name || header.state_version != key.type->version ||
        header.streams.size() != key.streams.size()) {
        return false;
    }
    for (std::size_t i = 0; i < key.streams.size(); ++i) {
        if (header.streams[i].stream != key.streams[i]) return false;
    }
    return true;
}

std::string text_of(const SnapshotHeader& header, std::string_view state) {
    std::string body;
    detail::JsonFault fault;
    if (!detail::write_json(header, body, fault)) return {};
    body += '\n';
    body += state;
    return fmt::format("{}{:08x}\n{}", magic, checksum_of(body), body);
}

}  // namespace

std::string SnapshotFolder::path_of(const StateKey& key) const {
    // The name must be the same in every run; what it names stands in the header, too.
    std::uint32_t low = checksum_of(key.type->name);
    std::uint32_t high = ~low;
    for (const auto& stream : key.streams) {
        const auto& name = stream.str();
        low = crc32c(low, name.c_str(), name.size() + 1);
        high = crc32c(high * 0x9E3779B9, name.c_str(), name.size() + 1);
    }
    return fmt::format("{}/{:02x}/{:06x}{:08x}.snapshot", directory_, high >> 24, high & 0xFFFFFF,
                       low);
}

SharedState SnapshotFolder::load(const StateKey& key, const Store& store) const {
    // What the state's codec throws says that it is none of its snapshots.
    try {
        return load_if_right(key, store);
    } catch (...) {
        return nullptr;
    }
}

SharedState SnapshotFolder::load_if_right(const StateKey& key, const Store& store) const {
    const auto text = read_whole(disk_, path_of(key));
    const auto body = text ? checked(*text) : std::nullopt;
    if (!body) return nullptr;
    const auto line_end = body->find('\n');
    SnapshotHeader header;
    detail::JsonFault fault;
    if (line_end == std::string_view::npos ||
        !detail::read_json(header, body->substr(0, line_end), fault) || !fits(header, key)) {
        return nullptr;
    }
    SharedState state{new FoldedState{key}};
    if (!key.type->decode(state->state.get(), body->substr(line_end + 1))) return nullptr;
    for (std::size_t i = 0; i < key.streams.size(); ++i) {
        const Version version{header.streams[i].version};
        if (id_at(store, key.streams[i], version) != header.streams[i].last) return nullptr;
        state->versions[i] = version;
    }
    state->events = header.events;
    state->saved_at = header.events;
    return state;
}

bool SnapshotFolder::save(const FoldedState& state, const Store& store) const {
    const auto key = state.key();
    SnapshotHeader header{.state = std::string{key.type->name},
                          .state_version = key.type->version,
                          .events = state.events,
                          .streams = {}};
    for (std::size_t i = 0; i < key.streams.size(); ++i) {
        const auto last = id_at(store, key.streams[i], state.versions[i]);
        if (!last) return false;
        header.streams.push_back({key.streams[i], state.versions[i].value, *last});
    }
    std::string encoded;
    try {
        if (!key.type->encode(state.state.get(), encoded)) return false;
    } catch (...) {
        return false;
    }
    const auto text = text_of(header, encoded);
    const auto path = path_of(key);
    if (!disk_.create_directory(directory_) ||
        !disk_.create_directory(path.substr(0, path.rfind('/')))) {
        return false;
    }
    // No flush: a file that a crash leaves torn fails its checksum.
    const auto saved = replace_file(
        disk_, path, [&](File& file) { return file.write_at(std::as_bytes(std::span{text}), 0); });
    return saved.has_value();
}

}  // namespace mainstem::command
