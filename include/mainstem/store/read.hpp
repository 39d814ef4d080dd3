// Reading: what to read, and the cursor that yields it.
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <vector>

#include <mainstem/core/limits.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/store/query.hpp>

namespace mainstem {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Which part of a stream to read.
struct StreamRead {
    /// The first version to yield; 0 means the first (forward) or the last (backward) there is.
    Version from = {};
    std::uint64_t limit = no_limit;  ///< events, at most
    Direction direction = Direction::forward;
    std::size_t page_events = limits::page_events_default;  ///< 1 to 10,000
};

/// A stream from a version on.
struct StreamFrom {
    StreamId stream;
    Version from = {};  ///< the first version to yield; 0 means the first there is
};

/// Which part of the global order to read.
struct PositionRead {
    /// The first position to yield; 0 means the first (forward) or the last (backward) there is.
    /// One beyond the head is an empty read, anything further an error.
    Position from = {};
    /// The last position to yield, in the direction of the read; 0 means as far as there are some.
    Position to = {};
    EventQuery query = {};  ///< which events of them: those that match
    std::uint64_t limit = no_limit;
    Direction direction = Direction::forward;
    std::size_t page_events = limits::page_events_default;
};

/// How a read goes about its query, without doing it.
struct ReadPlan {
    enum class Way : std::uint8_t {
        scan,     ///< every event is looked at
        index,    ///< an index tells which events to look at
        nothing,  ///< an index tells that there is none
    };
    /// Positions `first` to `last` that are gone about in one way.
    struct Part {
        Position first;
        Position last;
        Way way = Way::scan;
        std::uint64_t events = 0;  ///< that have to be looked at, at most; an estimate for an index
    };
    std::vector<Part> parts;  ///< in the order of reading; positions in none are passed over
};

/// What a cursor fetches: some events whose bytes stay valid until the next fetch.
using EventPage = std::vector<Result<EventView>>;

/// Where a cursor's pages come from: a backend's side of a read. One thread at a time.
class PageSource {
public:
    PageSource() = default;
    PageSource(const PageSource&) = delete;
    PageSource& operator=(const PageSource&) = delete;
    virtual ~PageSource() = default;

    /// Fills `page`, which is empty, with the next events. False: it has come to the end. True: ask
    /// again, also if the page is empty, for then nothing was found in what it took some
    /// milliseconds to look at. An error is the last element that a source yields.
    virtual bool next(EventPage& page) = 0;
    /// Every event up to here, in the direction of the read, was looked at.
    [[nodiscard]] virtual Position looked_at() const noexcept { return {}; }
};

/// Yields events one after the other from pages, in constant memory. An error is an element, never
/// an end: a loop that sees the end without an error has seen everything. What is read was visible
/// when the read began, or later. Movable; one thread at a time; it may outlive the Store handle
/// that made it, whose store it keeps open.
class EventCursor {
public:
    explicit EventCursor(std::unique_ptr<PageSource> source) : source_(std::move(source)) {}
    /// A cursor whose only element is an error.
    explicit EventCursor(Error error) { page_.emplace_back(std::move(error)); }

    /// The next event or error; nullptr at the end. Invalidates what was yielded before.
    const Result<EventView>* next() {
        while (!ready()) {
        }
        return at_ < page_.size() ? &page_[at_++] : nullptr;
    }

    /// Takes one step towards the next event, unless it is at hand. True: `next` will not have to
    /// look for it. False: a filtered read has found nothing in some milliseconds; ask again, or
    /// show how far it is, or give up. Invalidates what was yielded before.
    bool ready() {
        if (at_ == page_.size() && source_) fetch();
        return at_ < page_.size() || !source_;
    }
    /// How far a read of positions has come: every event up to here, in its direction, was looked
    /// at, and those that match were yielded or are about to be. 0 before the first step.
    [[nodiscard]] Position looked_at() const noexcept { return looked_at_; }

    class iterator {
    public:
        using value_type = Result<EventView>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        explicit iterator(EventCursor& cursor) : cursor_(&cursor), current_(cursor.next()) {}
        const Result<EventView>& operator*() const { return *current_; }
        const Result<EventView>* operator->() const { return current_; }
        iterator& operator++() {
            current_ = cursor_->next();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return current_ == nullptr; }

    private:
        EventCursor* cursor_ = nullptr;
        const Result<EventView>* current_ = nullptr;
    };

    iterator begin() { return iterator{*this}; }
    std::default_sentinel_t end() { return {}; }

private:
    void fetch() {
        const bool failed = !page_.empty() && !page_.back().has_value();
        page_.clear();
        at_ = 0;
        if (failed || ended_) return source_.reset();
        ended_ = !source_->next(page_);
        looked_at_ = source_->looked_at();
        if (ended_ && page_.empty()) source_.reset();
    }

    std::unique_ptr<PageSource> source_;
    EventPage page_;
    std::size_t at_ = 0;
    Position looked_at_;
    bool ended_ = false;  ///< `page_` is the last
};

}  // namespace mainstem
