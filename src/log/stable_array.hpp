// A growing array whose elements never move, so that readers need no lock while one writer adds.
// Chunks double in size, and memory that was not used yet was not touched either.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "core/lazy_memory.hpp"

namespace mainstem::log {

/// Elements are published to readers by other means (a count stored after them).
template <class T, std::size_t FirstChunk, std::size_t Chunks>
class StableArray {
    static_assert(std::has_single_bit(FirstChunk));
    static_assert(std::is_trivially_destructible_v<T>);
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

public:
    T& operator[](std::size_t index) noexcept { return *at(index); }
    const T& operator[](std::size_t index) const noexcept { return *at(index); }

    /// Makes the element at `index`, which is the next one.
    T& grow(std::size_t index) {
        const std::size_t place = index + FirstChunk;
        if (std::has_single_bit(place)) {
            chunks_[chunk_of(place)] = ArrayMemory{place * sizeof(T)};
        }
        return *std::construct_at(at(index));
    }
    static constexpr std::size_t capacity = FirstChunk * ((std::size_t{1} << Chunks) - 1);

private:
    static constexpr int first_bits = std::bit_width(FirstChunk) - 1;

    static std::size_t chunk_of(std::size_t place) noexcept {
        return static_cast<std::size_t>(std::bit_width(place) - 1 - first_bits);
    }
    T* at(std::size_t index) const noexcept {
        const std::size_t place = index + FirstChunk;
        auto* chunk = reinterpret_cast<T*>(chunks_[chunk_of(place)].data());
        return chunk + (place - std::bit_floor(place));
    }

    std::array<ArrayMemory, Chunks> chunks_;
};

}  // namespace mainstem::log
