// Memory that direct writes (O_DIRECT) take their bytes from: aligned, and of large pages where the
// system has them, since a disk takes a few large pieces faster than many small ones.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace mainstem::posix {

/// Borrows a buffer from the process's few for as long as it lives, or makes one. Thread-safe.
class DirectBuffer {
public:
    static constexpr std::size_t size = 4UL << 20;

    DirectBuffer();
    ~DirectBuffer();
    DirectBuffer(const DirectBuffer&) = delete;
    DirectBuffer& operator=(const DirectBuffer&) = delete;

    /// `size` bytes of anything; empty if the system has no memory.
    [[nodiscard]] std::span<std::byte> bytes() const noexcept {
        return {memory_.get(), memory_ ? size : 0};
    }

private:
    static constexpr std::align_val_t alignment{2UL << 20};  ///< a large page
    struct Free {
        void operator()(std::byte* memory) const noexcept { ::operator delete(memory, alignment); }
    };
    using Memory = std::unique_ptr<std::byte, Free>;
    struct Spare;
    static Spare& spare();

    Memory memory_;
};

}  // namespace mainstem::posix
