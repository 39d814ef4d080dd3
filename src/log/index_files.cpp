// Looks at index files; makes them anew under the lock of the writer, so that no store that is open
// for writing has one of them in use. Segments are opened one at a time: a store may have more of
// them than a process may have files.
#include "log/index_files.hpp"

#include <utility>

#include "log/index_file.hpp"
#include "log/joined_filters.hpp"
#include "log/opening.hpp"

namespace mainstem::log {
namespace {

using State = IndexStatus::State;

/// Its checksum need not hold: other versions may compute another one.
bool is_of_other_version(const File& file) {
    std::array<std::byte, sizeof(IndexHeader)> bytes{};
    const auto read = file.read_at(bytes, 0);
    if (!read || *read < bytes.size()) return false;
    const auto header = load<IndexHeader>(bytes.data());
    return header.magic == index_magic && header.version != index_version;
}

Result<void> check_file(std::unique_ptr<File> file, const std::string& path,
                        const IndexOwner& owner, IndexLook look) {
    PageCache no_pages{Bytes{0}};
    const auto opened = IndexFile::open(std::move(file), path, owner, no_pages);
    if (!opened) return opened.error();
    return look == IndexLook::header ? Result<void>{} : (*opened)->check_blocks();
}

/// How far a walk through the segments is, by the bytes of one file for each.
class Walk {
public:
    Walk(Disk& disk, const Progress& progress) : disk_(&disk), progress_(&progress) {}

    void expect(const std::string& path) { total_ += size_of(path); }
    /// Tells that `in_file` bytes of the file at hand are done; answers whether to go on.
    [[nodiscard]] bool go_on(std::uint64_t in_file = 0) const {
        return !*progress_ || (*progress_)(done_ + in_file, total_);
    }
    void pass(const std::string& path) { done_ += size_of(path); }

private:
    [[nodiscard]] std::uint64_t size_of(const std::string& path) const {
        const auto file = disk_->open(path, FileMode::read);
        return file ? (*file)->size().value_or(0) : 0;
    }

    Disk* disk_;
    const Progress* progress_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
};

/// False if there was nothing to make, or `go_on` ended it.
Result<bool> make_anew(Segment& segment, bool all, const GoOn& go_on) {
    if (!all) {
        const auto status = look_at_index(segment, IndexLook::every_block);
        if (!status) return status.error();
        if (status->state == State::present) return false;
    }
    return segment.make_index_file(go_on);
}

LogConfig plain_config() {
    LogConfig config;
    config.disk = &Disk::posix();
    config.clock = &Clock::system();
    config.memory = Bytes{0};
    return config;
}

}  // namespace

Result<IndexStatus> look_at_index(Segment& segment, IndexLook look) {
    const SegmentContext& context = *segment.context();
    const auto salt = segment.salt();
    if (!salt) return salt.error();
    IndexStatus status{.file = context.directory.index(segment.first()), .first = segment.first()};
    auto file = context.disk->open(status.file, FileMode::read);
    if (!file && file.error() == DiskError::not_found) return status;
    Result<void> checked;
    if (file) {
        status.bytes = (*file)->size().value_or(0);
        if (is_of_other_version(**file)) {
            status.state = State::other_version;
            return status;
        }
        const IndexOwner owner{segment.first().value, segment.visible().count, *salt};
        checked = check_file(*std::move(file), status.file, owner, look);
    } else {
        checked = store_error(file.error());
    }
    status.state = checked ? State::present : State::damaged;
    if (!checked) status.what = checked.error().message();
    return status;
}

SegmentList sealed_segments(const SegmentList& list) {
    return {list.begin(), list.empty() ? list.end() : list.end() - 1};
}

Result<std::vector<IndexStatus>> index_status(const std::string& directory, LogConfig config,
                                              const Progress& progress) {
    config.mode = OpenMode::read_only;
    const auto log = open_for_reading(Directory{directory}, config);
    if (!log) return log.error();
    SegmentList segments = sealed_segments(log->segments);
    const Directory& files = log->context->directory;
    Walk walk{*config.disk, progress};
    for (const auto& segment : segments) walk.expect(files.index(segment->first()));
    std::vector<IndexStatus> all;
    for (auto& next : segments) {
        if (!walk.go_on()) break;
        Segment segment{log->context, next->first(), next->visible().count};
        auto status = look_at_index(segment, IndexLook::every_block);
        if (!status) return status.error();
        walk.pass(status->file);
        all.push_back(*std::move(status));
    }
    return all;
}

Result<std::uint64_t> rebuild_indexes(const std::string& directory, LogConfig config, bool all,
                                      const Progress& progress) {
    config.mode = OpenMode::existing;
    Random random = Random::from_system();
    const auto log = open_for_writing(Directory{directory}, config, random);
    if (!log) return log.error();
    const SegmentList segments = sealed_segments(log->segments);
    Walk walk{*config.disk, progress};
    for (const auto& segment : segments) walk.expect(segment->path());
    if (all) remove_joined_filters(log->segments);  // they say what the old ones said
    std::uint64_t made = 0;
    std::optional<Error> damage;
    for (const auto& next : segments) {
        if (!walk.go_on()) return made;
        Segment segment{log->context, next->first(), next->visible().count};
        const auto anew =
            make_anew(segment, all, [&](std::uint64_t offset) { return walk.go_on(offset); });
        if (!anew && anew.error() != StoreError::damaged) return anew.error();
        if (!anew && !damage) damage = anew.error();
        made += anew && *anew ? 1 : 0;
        walk.pass(segment.path());
    }
    if (damage) return *damage;
    return made;
}

}  // namespace mainstem::log

namespace mainstem {

Result<std::vector<IndexStatus>> index_status(const std::string& directory,
                                              const Progress& progress) {
    return log::index_status(directory, log::plain_config(), progress);
}

Result<std::uint64_t> rebuild_indexes(const std::string& directory, const RebuildOptions& options,
                                      const Progress& progress) {
    log::LogConfig config = log::plain_config();
    config.on_notice = options.on_notice;
    return log::rebuild_indexes(directory, config, options.all, progress);
}

}  // namespace mainstem
