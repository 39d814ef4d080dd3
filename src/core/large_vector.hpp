// Vectors that may become large. What is large comes from the system and goes back to it: the heap
// would keep it for the thread that asked, and, having seen one freed, keep more of all others.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace mainstem {

/// From here on memory is of the system's.
inline constexpr std::size_t least_large = 128UL << 10;

/// Memory of whole pages, zeros; `size` as it was asked for. Throws std::bad_alloc.
[[nodiscard]] void* map_memory(std::size_t size);
void unmap_memory(void* memory, std::size_t size) noexcept;

template <class T>
struct LargeAllocator {
    using value_type = T;

    LargeAllocator() = default;
    template <class U>
    LargeAllocator(const LargeAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t count) {
        if (count > static_cast<std::size_t>(-1) / size_of_one) throw std::bad_array_new_length{};
        const std::size_t size = count * size_of_one;
        return static_cast<T*>(size < least_large ? ::operator new(size) : map_memory(size));
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        const std::size_t size = count * size_of_one;
        if (size < least_large) {
            ::operator delete(static_cast<void*>(memory), size);
        } else {
            unmap_memory(static_cast<void*>(memory), size);
        }
    }
    bool operator==(const LargeAllocator&) const = default;

private:
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    static constexpr std::size_t size_of_one = sizeof(T);  // NOLINT(bugprone-sizeof-expression)
};

template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace mainstem
