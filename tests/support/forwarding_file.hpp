// The base of files that differ from another in one thing: what a test overrides.
#pragma once

#include <memory>
#include <utility>

#include "core/disk.hpp"

namespace mainstem::support {

/// Does everything as the file that it holds.
class ForwardingFile : public File {
public:
    explicit ForwardingFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        return file_->read_at(to, offset);
    }
    using File::write_at;
    Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        return file_->write_at(parts, offset);
    }
    Result<void> write_blocks_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        return file_->write_blocks_at(parts, offset);
    }
    Result<void> flush() override { return file_->flush(); }
    [[nodiscard]] Result<std::uint64_t> size() const override { return file_->size(); }
    Result<void> resize(std::uint64_t size) override { return file_->resize(size); }
    Result<void> set_aside(std::uint64_t size) override { return file_->set_aside(size); }
    void start_write_back(std::uint64_t offset, std::uint64_t length) noexcept override {
        file_->start_write_back(offset, length);
    }

protected:
    [[nodiscard]] File& file() const noexcept { return *file_; }

private:
    std::unique_ptr<File> file_;
};

}  // namespace mainstem::support
