// Buffers that are used again: their memory is touched, and large, by then.
#include "core/direct_buffer.hpp"

#include <mutex>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace mainstem::posix {

struct DirectBuffer::Spare {
    std::mutex mutex;
    std::vector<Memory> buffers;
};

DirectBuffer::Spare& DirectBuffer::spare() {
    static Spare spare;
    return spare;
}

DirectBuffer::DirectBuffer() {
    {
        const std::lock_guard lock{spare().mutex};
        auto& buffers = spare().buffers;
        if (!buffers.empty()) {
            memory_ = std::move(buffers.back());
            buffers.pop_back();
            return;
        }
    }
    memory_.reset(static_cast<std::byte*>(::operator new(size, alignment, std::nothrow)));
    if (memory_) ::madvise(memory_.get(), size, MADV_HUGEPAGE);
}

DirectBuffer::~DirectBuffer() {
    constexpr std::size_t kept = 2;
    if (!memory_) return;
    const std::lock_guard lock{spare().mutex};
    if (spare().buffers.size() < kept) spare().buffers.push_back(std::move(memory_));
}

}  // namespace mainstem::posix
