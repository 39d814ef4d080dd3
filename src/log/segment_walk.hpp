// Going through the segments of a list, one after the other, past those that cannot hold what is
// looked for: a joined filter tells that of up to 64 of them at once.
#pragma once

#include <memory>
#include <optional>

#include <mainstem/store/read.hpp>

#include "log/joined_filter.hpp"
#include "log/segment.hpp"
#include "log/term_query.hpp"

namespace mainstem::log {

/// What segments are asked for: a stream, what matches a query, or anything.
class Sought {
public:
    Sought() = default;
    explicit Sought(const StreamKey& stream) : stream_(stream.hash) {}
    /// `query` must outlive this.
    explicit Sought(const TermQuery& query) : query_(query.open() ? nullptr : &query) {}

    /// True if a filter cannot tell anything.
    [[nodiscard]] bool anywhere() const noexcept { return !stream_ && query_ == nullptr; }
    /// Bit s is 0 if segment s of these has nothing of it. Errors: damaged, io.
    [[nodiscard]] Result<std::uint64_t> holders(const JoinedFilter& filter) const;

private:
    std::optional<std::uint64_t> stream_;
    const TermQuery* query_ = nullptr;
};

/// Yields numbers of segments. The list must outlive it. One thread.
class SegmentWalk {
public:
    /// Through segments `begin` to, not included, `end`.
    SegmentWalk(const SegmentList& list, std::size_t begin, std::size_t end, Direction direction)
        : list_(&list),
          forward_(direction == Direction::forward),
          next_(forward_ ? begin : end),
          end_(forward_ ? end : begin) {}

    /// The next segment that may hold what is sought, which is the same on each call.
    std::optional<std::size_t> next(const Sought& sought);
    /// True if a joined filter has let the one that was yielded last pass.
    [[nodiscard]] bool passed_filter() const noexcept { return known_end_ - known_first_ > 1; }

private:
    [[nodiscard]] bool passes(std::size_t segment, const Sought& sought);

    const SegmentList* list_;
    bool forward_;
    std::size_t next_;  ///< backward: less one
    std::size_t end_;
    std::size_t known_first_ = 0;  ///< what `holders_` tells of
    std::size_t known_end_ = 0;
    std::uint64_t holders_ = 0;
};

}  // namespace mainstem::log
