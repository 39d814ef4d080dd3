// What a SimulatedDisk hands out: open files and locks, dead once their process has ended.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "support/simulated_disk.hpp"

namespace mainstem::support {

/// Thread-safe, as the disk that made it.
class SimulatedFile final : public File {
public:
    SimulatedFile(SimulatedDisk& disk, std::string path, std::shared_ptr<FileImages> images,
                  bool writable)
        : disk_(disk),
          path_(std::move(path)),
          images_(std::move(images)),
          writable_(writable),
          process_(disk.process_) {}

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override;
    using File::write_at;
    Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) override;
    Result<void> flush() override;
    [[nodiscard]] Result<std::uint64_t> size() const override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> set_aside(std::uint64_t size) override;
    void start_write_back(std::uint64_t offset, std::uint64_t length) noexcept override;

private:
    using Effect = SimulatedDisk::Step::Effect;

    SimulatedDisk::Step begin(Operation kind, std::uint64_t offset, std::uint64_t length) const;

    SimulatedDisk& disk_;
    std::string path_;
    std::shared_ptr<FileImages> images_;
    bool writable_;
    std::uint64_t process_;
};

class SimulatedLock final : public FileLock {
public:
    SimulatedLock(SimulatedDisk& disk, std::string path)
        : disk_(disk), path_(std::move(path)), process_(disk.process_) {}
    ~SimulatedLock() override {
        const std::lock_guard guard(disk_.mutex_);
        if (disk_.process_ == process_) disk_.locks_.erase(path_);
    }

private:
    SimulatedDisk& disk_;
    std::string path_;
    std::uint64_t process_;
};

}  // namespace mainstem::support
