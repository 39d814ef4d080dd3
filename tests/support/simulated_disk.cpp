#include "support/simulated_disk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "support/simulated_file.hpp"

namespace mainstem::support {

namespace {

Error disk_error(DiskError code, std::string_view kind, std::string_view path) {
    return {code, fmt::format("{}: {}: {}", path, kind, name(code))};
}

}  // namespace

Result<std::unique_ptr<File>> SimulatedDisk::open(const std::string& given, FileMode mode) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const bool create = mode == FileMode::create_new;
    const Step step = begin(create ? Operation::create : Operation::open, path);
    if (step.effect == Step::Effect::nothing) return *step.error;

    NameImages::Node node = names_.file(path);
    if (names_.is_directory(path)) return disk_error(DiskError::failed, "open", path);
    if (create) {
        if (node) return disk_error(DiskError::exists, "create", path);
        if (!names_.is_directory(folder_of(path))) {
            return disk_error(DiskError::not_found, "create", path);
        }
        node = std::make_shared<FileImages>();
        names_.create(path, node);
    }
    if (!node) return disk_error(DiskError::not_found, "open", path);
    if (step.error) return *step.error;
    return std::unique_ptr<File>(
        std::make_unique<SimulatedFile>(*this, path, std::move(node), mode != FileMode::read));
}

Result<std::unique_ptr<FileLock>> SimulatedDisk::lock(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const Step step = begin(Operation::lock, path);
    if (step.effect == Step::Effect::nothing) return *step.error;
    if (locks_.contains(path)) {
        return Error{DiskError::locked, fmt::format("{}: held by process {}", path, process_)};
    }
    if (!names_.is_directory(folder_of(path))) {
        return disk_error(DiskError::not_found, "lock", path);
    }
    if (!names_.file(path)) names_.create(path, std::make_shared<FileImages>());
    const std::string holder = fmt::format("{}\n", process_);
    const auto file = names_.file(path);
    file->resize(0);
    file->write(std::as_bytes(std::span{holder}), 0, random_);
    if (step.error) return *step.error;
    locks_.insert(path);
    return std::unique_ptr<FileLock>(std::make_unique<SimulatedLock>(*this, path));
}

Result<void> SimulatedDisk::rename(const std::string& given_from, const std::string& given_to) {
    const std::lock_guard guard(mutex_);
    const std::string from = normal_path(given_from);
    const std::string to = normal_path(given_to);
    const Step step = begin(Operation::rename, from);
    if (step.effect == Step::Effect::nothing) return *step.error;
    if (!names_.file(from) || !names_.is_directory(folder_of(to))) {
        return disk_error(DiskError::not_found, "rename", from);
    }
    if (names_.is_directory(to)) return disk_error(DiskError::failed, "rename", to);
    names_.rename(from, to);
    return step.answer();
}

Result<void> SimulatedDisk::remove(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const Step step = begin(Operation::remove, path);
    if (step.effect == Step::Effect::nothing) return *step.error;
    if (names_.is_directory(path)) return disk_error(DiskError::failed, "remove", path);
    if (!names_.file(path)) return disk_error(DiskError::not_found, "remove", path);
    names_.remove(path);
    return step.answer();
}

Result<void> SimulatedDisk::create_directory(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const Step step = begin(Operation::create_directory, path);
    if (step.effect == Step::Effect::nothing) return *step.error;
    if (names_.file(path)) return disk_error(DiskError::exists, "create directory", path);
    if (!names_.is_directory(folder_of(path))) {
        return disk_error(DiskError::not_found, "create directory", path);
    }
    if (!names_.is_directory(path)) names_.create(path, nullptr);
    return step.answer();
}

Result<void> SimulatedDisk::flush_directory(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const Step step = begin(Operation::flush_directory, path);
    if (step.effect == Step::Effect::nothing) return *step.error;
    if (!names_.is_directory(path)) {
        return disk_error(DiskError::not_found, "flush directory", path);
    }
    if (step.effect == Step::Effect::everything) names_.flush(path);
    return step.answer();
}

Result<std::unique_ptr<DirectoryWatch>> SimulatedDisk::watch(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    if (!names_.is_directory(path)) return disk_error(DiskError::not_found, "watch", path);
    return std::unique_ptr<DirectoryWatch>{std::make_unique<SimulatedWatch>(changes_)};
}

Result<std::vector<std::string>> SimulatedDisk::list(const std::string& given) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    const Step step = begin(Operation::list, path);
    if (step.error) return *step.error;
    if (!names_.is_directory(path)) return disk_error(DiskError::not_found, "list", path);
    return names_.list(path);
}

void SimulatedDisk::plan(Fault fault) {
    const std::lock_guard guard(mutex_);
    log_.plan(std::move(fault));
}

void SimulatedDisk::in_next_flush(std::function<void()> what) {
    const std::lock_guard guard(mutex_);
    in_next_flush_ = std::move(what);
}

void SimulatedDisk::clear_faults() {
    const std::lock_guard guard(mutex_);
    log_.clear_faults();
}

void SimulatedDisk::crash_at(std::uint64_t change, CrashPoint where) {
    const std::lock_guard guard(mutex_);
    crash_plan_ = {.in = change, .where = where};
}

void SimulatedDisk::crash_now() {
    const std::lock_guard guard(mutex_);
    crashed_ = true;
}

std::uint64_t SimulatedDisk::failures() const {
    const std::lock_guard guard(mutex_);
    return log_.failures();
}

bool SimulatedDisk::crashed() const {
    const std::lock_guard guard(mutex_);
    return crashed_;
}

void SimulatedDisk::kill() {
    const std::lock_guard guard(mutex_);
    end_process();
}

void SimulatedDisk::power_cut() {
    const std::lock_guard guard(mutex_);
    end_process();
    names_.power_cut(random_);
}

void SimulatedDisk::drop_clean_pages() {
    const std::lock_guard guard(mutex_);
    for (const auto& [path, node] : names_.seen()) {
        if (node) node->drop_clean_pages();
    }
}

std::map<std::string, std::string> SimulatedDisk::image() const {
    const std::lock_guard guard(mutex_);
    std::map<std::string, std::string> files;
    for (const auto& [path, node] : names_.seen()) {
        if (!node) continue;
        const auto& bytes = node->seen();
        files[path].assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    return files;
}

void SimulatedDisk::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
    const std::lock_guard guard(mutex_);
    if (const auto node = names_.file(normal_path(path))) node->flip_bit(offset, bit);
}

void SimulatedDisk::put(const std::string& given, std::string_view content) {
    const std::lock_guard guard(mutex_);
    const std::string path = normal_path(given);
    if (!names_.file(path)) names_.create(path, std::make_shared<FileImages>());
    names_.flush(folder_of(path));
    const auto file = names_.file(path);
    file->resize(0);
    file->write(std::as_bytes(std::span{content}), 0, random_);
    file->flush();
}

void SimulatedDisk::erase(const std::string& path) {
    const std::lock_guard guard(mutex_);
    names_.erase(normal_path(path));
}

std::uint64_t SimulatedDisk::changes() const {
    const std::lock_guard guard(mutex_);
    return log_.changes();
}

std::uint64_t SimulatedDisk::count(Operation kind) const {
    const std::lock_guard guard(mutex_);
    return log_.count(kind);
}

std::string SimulatedDisk::log_tail(std::size_t last) const {
    const std::lock_guard guard(mutex_);
    return log_.text(last);
}

SimulatedDisk::Step SimulatedDisk::begin(Operation kind, const std::string& path,
                                         std::uint64_t offset, std::uint64_t length, bool dead) {
    if (crashed_ || dead) {
        return {.effect = Step::Effect::nothing,
                .error = Error{DiskError::failed, fmt::format("{}: {}: the process has ended", path,
                                                              support::name(kind))}};
    }
    log_.add(kind, path, offset, length);
    if (changes_disk(kind)) changes_->tell();
    if (changes_disk(kind) && crash_plan_ && --crash_plan_->in == 0) return crash(kind, path);
    if (const auto code = log_.next_fault(kind)) return fail(kind, path, *code);
    return {};
}

SimulatedDisk::Step SimulatedDisk::crash(Operation kind, const std::string& path) {
    const CrashPoint where = crash_plan_->where;
    crash_plan_.reset();
    crashed_ = true;
    log_.last().outcome = "crash";
    constexpr Step::Effect effects[] = {Step::Effect::nothing, Step::Effect::a_part,
                                        Step::Effect::everything};
    return {.effect = effects[static_cast<std::size_t>(where)],
            .error = Error{DiskError::failed, fmt::format("{}: {}: the process has just ended",
                                                          path, support::name(kind))}};
}

SimulatedDisk::Step SimulatedDisk::fail(Operation kind, const std::string& path, DiskError code) {
    log_.last().outcome = mainstem::name(code);
    const bool leaves_something = kind == Operation::write || kind == Operation::flush;
    return {.effect = leaves_something ? Step::Effect::a_part : Step::Effect::nothing,
            .error = disk_error(code, support::name(kind), path)};
}

void SimulatedDisk::end_process() {
    ++process_;
    crashed_ = false;
    crash_plan_.reset();
    log_.clear_faults();
    locks_.clear();
}

}  // namespace mainstem::support
