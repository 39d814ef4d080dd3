// The changes that opening for writing makes.
#include "log/repair.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "log/chain.hpp"
#include "log/header.hpp"
#include "log/joined_filter.hpp"
#include "log/opening.hpp"

namespace mainstem::log {
namespace {

std::string parent_of(const std::string& path) {
    const std::string_view trimmed =
        std::string_view{path}.substr(0, path.find_last_not_of('/') + 1);
    const auto slash = trimmed.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return std::string{slash == 0 ? "/" : trimmed.substr(0, slash)};
}

/// Makes the directories of a new store.
Result<void> create(const Directory& directory, Disk& disk) {
    const auto existing = disk.list(directory.path());
    const auto known = [](const std::string& entry) {
        return entry == "LOCK" || entry == "HEAD" || entry == "segments";
    };
    const bool ours = existing && std::ranges::all_of(*existing, known);
    if (existing && !ours) {
        return Error{StoreError::invalid,
                     fmt::format("\"{}\" holds other files and is no store; name an empty or a new "
                                 "directory",
                                 directory.path())};
    }
    const auto made = disk.create_directory(directory.path());
    if (!made && made.error() == DiskError::not_found) {
        return Error{StoreError::io, made.error().message() + "; make the one above it first"};
    }
    if (!made) return store_error(made.error());
    const auto flushed = disk.flush_directory(parent_of(directory.path()));
    if (!flushed) return store_error(flushed.error());
    return {};
}

/// Writes `[from, to)` of a file again, as it reads back.
Result<void> write_again(File& file, std::uint64_t from, std::uint64_t to) {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(to - from, 4 << 20));
    for (std::uint64_t at = from; at < to;) {
        const auto read = file.read_at(
            std::span{bytes}.first(std::min<std::uint64_t>(bytes.size(), to - at)), at);
        if (!read) return read.error();
        if (*read == 0) return Error{StoreError::io, "a segment became shorter while it was read"};
        const auto written = file.write_at(ByteSpan{bytes}.first(*read), at);
        if (!written) return written.error();
        at += *read;
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<FileLock>> claim(const Directory& directory, const LogConfig& config) {
    Disk& disk = *config.disk;
    const auto segments = directory.list_segments(disk);
    if (!segments && segments.error() != DiskError::not_found) return store_error(segments.error());
    const bool exists = segments && !segments->empty();
    if (!exists) {
        // HEAD outlives the segments only if somebody has removed them.
        const auto head = read_head(disk, directory);
        if (!head) return head.error();
        const auto ends = check_ends(directory, {}, *head);
        if (!ends) return ends.error();
    }
    if (!exists && config.mode == OpenMode::existing) {
        return Error{StoreError::not_found,
                     fmt::format("there is no store at \"{}\"", directory.path())};
    }
    if (!segments) {
        const auto created = create(directory, disk);
        if (!created) return created.error();
    }
    auto lock = disk.lock(directory.lock());
    if (!lock) {
        if (lock.error() != DiskError::locked) return store_error(lock.error());
        return Error{StoreError::in_use,
                     lock.error().message() + "; one process at a time can write to a store"};
    }
    if (!segments) {
        const auto made = disk.create_directory(directory.segments());
        if (!made) return store_error(made.error());
    }
    return lock;
}

Result<void> remove_unwritten(const Directory& directory, const LogConfig& config,
                              const std::vector<Position>& all,
                              const std::vector<Position>& begun) {
    for (std::size_t i = begun.size(); i < all.size(); ++i) {
        const auto removed = config.disk->remove(directory.segment(all[i]));
        if (!removed) return store_error(removed.error());
        if (config.on_notice) {
            config.on_notice(directory.segment(all[i]) + ": was never written; removed");
        }
    }
    return {};
}

Result<void> remove_derived(const Directory& directory, Disk& disk,
                            const std::vector<Position>& firsts) {
    const std::size_t last = firsts.size() - 1;
    std::vector<std::string> paths{directory.index(firsts[last])};
    for (const std::size_t count : {few_joined, most_joined}) {
        paths.push_back(directory.joined_filter(firsts[last / count * count], count));
    }
    for (const std::string& path : paths) {
        const auto removed = disk.remove(path);
        if (!removed && removed.error() != DiskError::not_found)
            return store_error(removed.error());
    }
    return {};
}

void remove_half_written(const Directory& directory, Disk& disk) {
    const auto names = disk.list(directory.segments());
    if (!names) return;
    for (const std::string& name : *names) {
        if (!name.ends_with(".new")) continue;
        static_cast<void>(disk.remove(directory.segments() + "/" + name).has_value());
    }
}

Result<void> repair(const Directory& directory, const LogConfig& config, File& file,
                    const SegmentHeader& header, std::uint64_t size, const Recovered& recovered) {
    const auto fail = [](const Error& error) { return store_error(error); };
    if (size != recovered.end) {
        const auto cut = file.resize(recovered.end);
        if (!cut) return fail(cut.error());
    }
    if (recovered.tail_bytes > 0 && config.on_notice) {
        config.on_notice(fmt::format("{}: cut {} bytes that were never acknowledged",
                                     directory.segment({header.first_position}),
                                     recovered.tail_bytes));
    }
    const auto header_again = file.write_at(bytes_of(header), 0);
    if (!header_again) return fail(header_again.error());
    const auto again = write_again(file, recovered.durable, recovered.end);
    if (!again) return fail(again.error());
    const auto flushed = file.flush();
    if (!flushed) return fail(flushed.error());
    for (const std::string& path : {directory.segments(), directory.path()}) {
        const auto named = config.disk->flush_directory(path);
        if (!named) return fail(named.error());
    }
    return {};
}

SegmentHeader first_segment_header(const Clock& clock, Random& random) {
    SegmentHeader header;
    for (std::uint8_t& byte : header.store_id) byte = static_cast<std::uint8_t>(random());
    header.first_position = 1;
    header.first_recorded_at = clock.now().time_since_epoch().count();
    header.salt = random();
    header.number = 1;
    seal(header);
    return header;
}

Result<std::unique_ptr<File>> create_segment(Disk& disk, const Directory& directory,
                                             const SegmentHeader& header) {
    auto file = disk.open(directory.segment({header.first_position}), FileMode::create_new);
    if (!file) return file;
    const auto written = (*file)->write_at(bytes_of(header), 0);
    if (!written) return written.error();
    const auto flushed = (*file)->flush();
    if (!flushed) return flushed.error();
    const auto named = disk.flush_directory(directory.segments());
    if (!named) return named.error();
    return file;
}

Result<std::unique_ptr<File>> open_head(const Directory& directory, const LogConfig& config,
                                        bool exists) {
    if (!exists) static_cast<void>(config.disk->remove(directory.head()).has_value());
    auto file =
        config.disk->open(directory.head(), exists ? FileMode::write : FileMode::create_new);
    if (!file) return store_error(file.error());
    if (!exists) {
        const auto named = config.disk->flush_directory(directory.path());
        if (!named) return store_error(named.error());
    }
    return file;
}

}  // namespace mainstem::log
