// Texts that are kept next to each other for as long as their owner lives.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>

namespace mainstem::log {

/// One writer. What `keep` returned may be read by any thread.
class NameStore {
public:
    std::string_view keep(std::string_view name) {
        if (name.size() > left_) {
            MAINSTEM_ASSERT(name.size() <= chunk_size, "a name that is too long");
            chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_size));
            at_ = chunks_.back().get();
            left_ = chunk_size;
        }
        std::ranges::copy(name, at_);
        const std::string_view kept{at_, name.size()};
        at_ += name.size();
        left_ -= name.size();
        return kept;
    }

private:
    static constexpr std::size_t chunk_size = 64UL * 1024;

    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t left_ = 0;
    char* at_ = nullptr;
};

}  // namespace mainstem::log
