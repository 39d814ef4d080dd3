#include "support/simulated_file.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mainstem::support {

Result<std::size_t> SimulatedFile::read_at(std::span<std::byte> to, std::uint64_t offset) const {
    const std::lock_guard guard(disk_.mutex_);
    const auto step = begin(Operation::read, offset, to.size());
    if (step.error) return *step.error;
    return images_->read(to, offset);
}

Result<void> SimulatedFile::write_at(std::span<const ByteSpan> parts, std::uint64_t offset) {
    const std::lock_guard guard(disk_.mutex_);
    std::uint64_t total = 0;
    for (const ByteSpan part : parts) total += part.size();
    const auto step = begin(Operation::write, offset, total);
    if (step.effect == Effect::nothing) return *step.error;
    std::uint64_t left = step.effect == Effect::everything ? total : disk_.random_.below(total + 1);
    for (const ByteSpan part : parts) {
        const auto length = std::min<std::uint64_t>(left, part.size());
        images_->write(part.first(length), offset, disk_.random_);
        offset += length;
        left -= length;
    }
    return step.answer();
}

Result<void> SimulatedFile::flush() {
    std::unique_lock guard(disk_.mutex_);
    const auto step = begin(Operation::flush, 0, images_->size());
    if (step.effect == Effect::everything) images_->flush();
    // A crash within a flush leaves what a power cut decides; only a refused one loses pages.
    if (step.effect == Effect::a_part && !disk_.crashed_) images_->fail_flush(disk_.random_);
    const auto midst = std::exchange(disk_.in_next_flush_, nullptr);
    guard.unlock();
    if (midst) midst();
    return step.answer();
}

Result<std::uint64_t> SimulatedFile::size() const {
    const std::lock_guard guard(disk_.mutex_);
    const auto step = begin(Operation::size, 0, 0);
    if (step.error) return *step.error;
    return images_->size();
}

Result<void> SimulatedFile::resize(std::uint64_t size) {
    const std::lock_guard guard(disk_.mutex_);
    const auto step = begin(Operation::resize, size, 0);
    if (step.effect != Effect::nothing) images_->resize(size);
    return step.answer();
}

Result<void> SimulatedFile::set_aside(std::uint64_t size) {
    const std::lock_guard guard(disk_.mutex_);
    const auto step = begin(Operation::set_aside, size, 0);
    if (step.effect != Effect::nothing) images_->resize(std::max(size, images_->size()));
    return step.answer();
}

void SimulatedFile::start_write_back(std::uint64_t offset, std::uint64_t length) noexcept {
    const std::lock_guard guard(disk_.mutex_);
    // Nothing is promised, so nothing more than the kernel's own write-back happens.
    static_cast<void>(begin(Operation::start_write_back, offset, length));
}

SimulatedDisk::Step SimulatedFile::begin(Operation kind, std::uint64_t offset,
                                         std::uint64_t length) const {
    auto step = disk_.begin(kind, path_, offset, length, disk_.process_ != process_);
    if (changes_disk(kind) && !writable_ && !step.error) {
        return {
            .effect = Effect::nothing,
            .error = Error{DiskError::no_permission, fmt::format("{}: {}: opened for reading only",
                                                                 path_, support::name(kind))}};
    }
    return step;
}

}  // namespace mainstem::support
