// A file that is a vector of bytes: for tests and fuzz targets of code that reads files and needs
// neither faults nor names.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/disk.hpp"

namespace mainstem::support {

/// One thread at a time.
class MemoryFile final : public File {
public:
    MemoryFile() = default;
    explicit MemoryFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::vector<std::byte>& bytes() noexcept { return bytes_; }

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        if (offset >= bytes_.size() || to.empty()) return std::size_t{0};
        const std::size_t size = std::min<std::size_t>(to.size(), bytes_.size() - offset);
        std::memcpy(to.data(), &bytes_[offset], size);
        return size;
    }
    using File::write_at;
    Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        for (const ByteSpan part : parts) {
            if (part.empty()) continue;
            if (offset + part.size() > bytes_.size()) bytes_.resize(offset + part.size());
            std::memcpy(&bytes_[offset], part.data(), part.size());
            offset += part.size();
        }
        return {};
    }
    Result<void> flush() override { return {}; }
    [[nodiscard]] Result<std::uint64_t> size() const override { return bytes_.size(); }
    Result<void> resize(std::uint64_t size) override {
        bytes_.resize(size);
        return {};
    }
    Result<void> set_aside(std::uint64_t size) override {
        if (size > bytes_.size()) bytes_.resize(size);
        return {};
    }
    void start_write_back(std::uint64_t, std::uint64_t) noexcept override {}

private:
    std::vector<std::byte> bytes_;
};

}  // namespace mainstem::support
