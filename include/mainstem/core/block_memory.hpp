// Memory for small objects that many threads make and others free, such as what caches keep. The
// heap gives each thread an arena of its own, where such objects leave gaps between those that
// stay: memory that no other thread can use. Blocks are used again by whoever comes next.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace mainstem::detail {

/// A block of `size` bytes, aligned as by `operator new`. Large ones are of the heap. Small ones
/// are never given back to the system: there are as many as were in use at once. Any thread; O(1).
/// Throws std::bad_alloc.
[[nodiscard]] void* take_block(std::size_t size);
/// `block` was taken with this `size`, or is nullptr. Any thread; O(1).
void return_block(void* block, std::size_t size) noexcept;

/// `new T(args...)` in a block; one whose alignment is more than usual is of the heap.
template <class T, class... Args>
[[nodiscard]] T* new_in_block(Args&&... args) {
    if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
        return new T(std::forward<Args>(args)...);
    } else {
        void* const block = take_block(sizeof(T));
        try {
            return ::new (block) T(std::forward<Args>(args)...);
        } catch (...) {
            return_block(block, sizeof(T));
            throw;
        }
    }
}

/// Destroys what `new_in_block` made.
template <class T>
void delete_in_block(T* object) noexcept {
    if constexpr (alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
        delete object;
    } else {
        object->~T();
        return_block(object, sizeof(T));
    }
}

/// A base of classes whose objects stand in blocks.
struct InBlock {
    static void* operator new(std::size_t size) { return take_block(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        return_block(block, size);
    }
};

}  // namespace mainstem::detail
