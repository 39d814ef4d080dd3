// A list of free blocks for each size. Under the address sanitizer all blocks are of the heap, so
// that it sees what is used after it was freed.
#include <mainstem/core/block_memory.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/lazy_memory.hpp"

namespace mainstem::detail {
namespace {

constexpr std::size_t step = 32;
constexpr std::size_t largest = 512;
constexpr std::size_t chunk_size = 256UL << 10;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool uses_heap = true;
#else
constexpr bool uses_heap = false;
#endif

/// Blocks of one size.
class Blocks {
public:
    explicit Blocks(std::size_t size) : size_(size) {}

    void* take() {
        const std::lock_guard lock{mutex_};
        if (free_ == nullptr) return cut();
        return std::exchange(free_, free_->next);
    }
    void put(void* block) noexcept {
        const std::lock_guard lock{mutex_};
        free_ = ::new (block) Free{free_};
    }

private:
    struct Free {
        Free* next;
    };

    void* cut() {
        if (left_ < size_) {
            auto chunk = std::make_unique<LazyMemory>(chunk_size);
            if (chunk->data() == nullptr) throw std::bad_alloc{};
            at_ = chunk->data();
            chunks_.push_back(std::move(chunk));
            left_ = chunk_size;
        }
        left_ -= size_;
        return std::exchange(at_, at_ + size_);
    }

    const std::size_t size_;
    std::mutex mutex_;
    Free* free_ = nullptr;
    std::vector<std::unique_ptr<LazyMemory>> chunks_;
    std::byte* at_ = nullptr;
    std::size_t left_ = 0;
};

template <std::size_t... Index>
std::array<Blocks, sizeof...(Index)> blocks_of_sizes(std::index_sequence<Index...>) {
    return {Blocks{step * (Index + 1)}...};
}

/// Never destroyed: objects of the program that end after it may still return blocks.
Blocks& blocks_of(std::size_t size) {
    static auto& all = *new auto(blocks_of_sizes(std::make_index_sequence<largest / step>{}));
    return all[(size + step - 1) / step - 1];
}

bool is_of_heap(std::size_t size) noexcept { return uses_heap || size == 0 || size > largest; }

}  // namespace

void* take_block(std::size_t size) {
    return is_of_heap(size) ? ::operator new(size) : blocks_of(size).take();
}

void return_block(void* block, std::size_t size) noexcept {
    if (block == nullptr) return;
    if (is_of_heap(size)) return ::operator delete(block, size);
    blocks_of(size).put(block);
}

}  // namespace mainstem::detail
