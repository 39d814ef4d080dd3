// The file that bad rows are set aside in: their bytes as they were, below the header of a CSV
// file, so that they can be corrected and imported from there. It is only ever added to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <mainstem/core/result.hpp>

namespace mainstem::cli {

/// Rows are held until `write`, which an import calls just before the batch that they came with is
/// stored. One thread at a time.
class BadRows {
public:
    /// `header` is what an empty file begins with.
    BadRows(std::string path, std::string_view header) : path_(std::move(path)), header_(header) {}
    BadRows(const BadRows&) = delete;
    BadRows& operator=(const BadRows&) = delete;
    ~BadRows();

    /// Holds the bytes of a row; many are written at once.
    Result<void> add(std::string_view raw);
    /// Puts all that is held on the disk.
    Result<void> write();

private:
    static constexpr std::size_t held_most = 1UL << 20;

    Result<void> open();
    Error failed(int reason) const;

    std::string path_;
    std::string header_;
    int file_ = -1;
    std::string held_;
};

}  // namespace mainstem::cli
