// A fingerprint of bytes that are read one part after the other: XXH3 with 128 bits, which tells
// apart files that differ by accident. It is no protection against forgery.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mainstem::cli {

class Fingerprint {
public:
    Fingerprint();

    void add(std::string_view bytes) noexcept;
    /// Of all bytes so far: 32 hexadecimal digits.
    [[nodiscard]] std::string text() const;

private:
    struct State;
    struct Release {
        void operator()(State* state) const noexcept;
    };
    std::unique_ptr<State, Release> state_;
};

}  // namespace mainstem::cli
