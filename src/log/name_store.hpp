// Texts that are kept next to each other for as long as their owner lives.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "core/lazy_memory.hpp"

namespace mainstem::log {

/// One writer. What `keep` returned may be read by any thread.
class NameStore {
public:
    std::string_view keep(std::string_view name) {
        if (name.size() > left_) {
            MAINSTEM_ASSERT(name.size() <= first_chunk, "a name that is too long");
            // The first chunk is small: many stores are.
            left_ = chunks_.empty() ? first_chunk : chunk;
            chunks_.emplace_back(left_);
            at_ = reinterpret_cast<char*>(chunks_.back().data());
        }
        std::ranges::copy(name, at_);
        const std::string_view kept{at_, name.size()};
        at_ += name.size();
        left_ -= name.size();
        return kept;
    }

private:
    static constexpr std::size_t first_chunk = 64UL << 10;
    static constexpr std::size_t chunk = 1UL << 20;

    std::vector<ArrayMemory> chunks_;
    std::size_t left_ = 0;
    char* at_ = nullptr;
};

}  // namespace mainstem::log
