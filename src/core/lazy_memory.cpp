// An anonymous mapping, which the kernel backs by memory page by page.
#include "core/lazy_memory.hpp"

#include <memory>
#include <new>
#include <sys/mman.h>

namespace mainstem {

LazyMemory::LazyMemory(std::size_t size, bool large_pages) noexcept {
    constexpr std::size_t large = 2UL << 20;
    if (size == 0) return;
    std::size_t mapped = large_pages ? size + large : size;
    void* begin = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (begin == MAP_FAILED) return;
    mapping_ = begin;
    mapped_ = mapped;
    if (large_pages) {
        std::align(large, size, begin, mapped);
        // Not the last part of a large page, which would take more than was asked for.
        ::madvise(begin, size / large * large, MADV_HUGEPAGE);
    }
    data_ = static_cast<std::byte*>(begin);
}

void LazyMemory::give_back(std::size_t offset, std::size_t size) noexcept {
    ::madvise(data_ + offset, size, MADV_DONTNEED);
}

LazyMemory::~LazyMemory() {
    if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
}

ArrayMemory::ArrayMemory(std::size_t size) {
    constexpr std::size_t least_large = 128UL << 10;
    if (size < least_large) {
        small_ = std::make_unique<std::byte[]>(size);
        data_ = small_.get();
    } else {
        large_ = std::make_unique<LazyMemory>(size);
        data_ = large_->data();
        if (data_ == nullptr) throw std::bad_alloc{};
    }
}

}  // namespace mainstem
