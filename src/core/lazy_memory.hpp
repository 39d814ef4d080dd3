// Memory of which only what is touched is taken from the system.
#pragma once

#include <cstddef>
#include <memory>

namespace mainstem {

/// Zeros, until they are written. Freed by the destructor.
class LazyMemory {
public:
    /// Where pages of memory begin at the latest.
    static constexpr std::size_t alignment = 4096;

    /// Empty if the system refuses. `large_pages`: taken 2 MiB at a time where the system has pages
    /// of that size, for memory that is used in no order.
    explicit LazyMemory(std::size_t size, bool large_pages = false) noexcept;
    ~LazyMemory();
    LazyMemory(const LazyMemory&) = delete;
    LazyMemory& operator=(const LazyMemory&) = delete;

    /// Gives the memory of whole pages within it back to the system; they read as zeros again.
    void give_back(std::size_t offset, std::size_t size) noexcept;

    /// nullptr if it is empty.
    [[nodiscard]] std::byte* data() const noexcept { return data_; }

private:
    void* mapping_ = nullptr;
    std::size_t mapped_ = 0;
    std::byte* data_ = nullptr;
};

/// Memory of one array, zeros at first. A large one comes from the system and goes back to it when
/// it is freed: the heap would keep what lies between things that live longer.
class ArrayMemory {
public:
    ArrayMemory() = default;
    /// Throws std::bad_alloc.
    explicit ArrayMemory(std::size_t size);

    /// Aligned for any type of ordinary alignment.
    [[nodiscard]] std::byte* data() const noexcept { return data_; }

private:
    std::unique_ptr<std::byte[]> small_;
    std::unique_ptr<LazyMemory> large_;
    std::byte* data_ = nullptr;
};

}  // namespace mainstem
