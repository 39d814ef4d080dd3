// A file or standard input, read from begin to end through one buffer. What has been consumed is
// counted and fingerprinted, so that a broken import can prove that it goes on in the same file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mainstem/core/result.hpp>

#include "cli/fingerprint.hpp"

namespace mainstem::cli {

/// One thread at a time.
class Input {
public:
    /// Opens a file; `-` is standard input.
    static Result<Input> open(const std::string& path);
    /// An input that holds `bytes`, as a file of that name would.
    static Input of(std::string_view bytes, std::string name = {});

    Input(Input&& other) noexcept;
    Input& operator=(Input&&) = delete;
    ~Input();

    /// What was read and not yet consumed. Valid until the next `read_more`.
    [[nodiscard]] std::string_view ahead() const noexcept {
        return std::string_view{buffer_}.substr(begin_);
    }
    /// Reads some more bytes; false at the end. The error may be Ctrl-C.
    Result<bool> read_more();
    /// Moves on; the bytes stay where they are until the next `read_more`.
    void consume(std::size_t size) noexcept;
    /// Consumes up to `offset`; false if the input ends before.
    Result<bool> skip_to(std::uint64_t offset);

    /// Consumed bytes, their fingerprint, and the last of them (a line break if there is none).
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::string fingerprint() const { return fingerprint_.text(); }
    [[nodiscard]] char last_consumed() const noexcept { return last_consumed_; }
    /// The number of the line that the next byte stands in, from 1.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    /// As it was opened.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// True for a regular file that can be opened again by its path.
    [[nodiscard]] bool is_file() const noexcept { return size_.has_value() && file_ > 0; }
    /// Bytes of the whole file; nullopt for what is no regular file.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }

private:
    Input() = default;

    std::string path_;
    int file_ = -1;
    std::optional<std::uint64_t> size_;
    std::string buffer_;
    std::size_t begin_ = 0;
    Fingerprint fingerprint_;
    std::uint64_t offset_ = 0;
    std::uint64_t line_ = 1;
    char last_consumed_ = '\n';
};

/// What editors of some systems put before a text in UTF-8.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
/// The begin of a file without its byte order mark.
[[nodiscard]] inline std::string_view without_mark(std::string_view text) {
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

/// True if both paths lead to one existing file.
[[nodiscard]] bool same_file(const std::string& one, const std::string& other);

}  // namespace mainstem::cli
