// Results on standard output, through one buffer. A reader that went away (`| head`) is no error:
// what is written after that is dropped, and `wanted()` tells loops that they may end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// One thread at a time. Whatever was written must be passed on with `flush`, whose answer counts.
class Output {
public:
    /// Writes to an open file; standard output by default. Does not close it.
    explicit Output(int file = 1) : file_(file) {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::string_view text) {
        buffer_ += text;
        pass_on_if_full();
    }

    /// For encoders that append in place: the buffer, to be followed by `pass_on_if_full`.
    [[nodiscard]] std::string& buffer() noexcept { return buffer_; }
    void pass_on_if_full() {
        if (buffer_.size() >= buffer_bytes) pass_on();
    }

    /// False once nobody reads what is written, or writing has failed.
    [[nodiscard]] bool wanted() const noexcept { return state_ == State::open; }

    /// Passes everything on. An error if something could not be written, except to a closed pipe.
    Result<void> flush();

private:
    enum class State : unsigned char { open, closed, failed };
    static constexpr std::size_t buffer_bytes = 256UL * 1024;

    void pass_on();

    int file_;
    State state_ = State::open;
    int failure_ = 0;
    std::string buffer_;
};

/// Writes a result that is there as a whole. Errors: as of `flush`.
Result<void> write_result(std::string_view text);

}  // namespace mainstem::cli
