// The streaming form of xxHash.
#include "cli/fingerprint.hpp"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace mainstem::cli {

struct Fingerprint::State {
    XXH3_state_t hash;
};

void Fingerprint::Release::operator()(State* state) const noexcept { delete state; }

Fingerprint::Fingerprint() : state_(new State) { XXH3_128bits_reset(&state_->hash); }

void Fingerprint::add(std::string_view bytes) noexcept {
    XXH3_128bits_update(&state_->hash, bytes.data(), bytes.size());
}

std::string Fingerprint::text() const {
    const auto hash = XXH3_128bits_digest(&state_->hash);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace mainstem::cli
