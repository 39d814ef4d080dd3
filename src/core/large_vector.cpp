// An anonymous mapping for each.
#include "core/large_vector.hpp"

#include <sys/mman.h>

namespace mainstem {

void* map_memory(std::size_t size) {
    void* const memory =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    return memory;
}

void unmap_memory(void* memory, std::size_t size) noexcept { ::munmap(memory, size); }

}  // namespace mainstem
