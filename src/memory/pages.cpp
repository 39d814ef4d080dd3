// Pages of events that are numbered from 1 without gap: a stream by versions, all by positions.
#include "memory/pages.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "store/errors.hpp"

namespace mainstem::memory {
namespace {

/// A sequence of events as it stands while the lock is held.
class Sequence {
public:
    /// All events, in global order.
    explicit Sequence(const Records& records) : records_(records), last_(records.head().value) {}
    /// The events of one stream.
    Sequence(const Records& records, std::string_view stream)
        : records_(records),
          positions_(records.positions_of(stream)),
          last_(positions_ == nullptr ? 0 : positions_->size()),
          one_stream_(true) {}

    /// The number of the last event; 0 if there is none.
    [[nodiscard]] std::uint64_t last() const { return last_; }
    /// `number` must be in [1, last].
    [[nodiscard]] EventView at(std::uint64_t number) const {
        return records_.at(one_stream_ ? (*positions_)[number - 1] : Position{number});
    }

private:
    const Records& records_;
    const std::vector<Position>* positions_ = nullptr;
    std::uint64_t last_;
    bool one_stream_ = false;
};

/// So many events are looked at in one step.
constexpr std::uint64_t step_events = 10'000;

/// `SequenceOf` makes the sequence to read out of the records, anew for each page.
template <class SequenceOf>
class Pages final : public PageSource {
public:
    /// `from` is the number of the first event to look at, `to` of the last; a backward read begins
    /// with one that exists or with 0.
    Pages(std::shared_ptr<SharedRecords> shared, SequenceOf sequence_of, std::uint64_t from,
          std::uint64_t to, EventQuery query, std::uint64_t limit, Direction direction,
          std::size_t page_events)
        : shared_(std::move(shared)),
          sequence_of_(std::move(sequence_of)),
          next_(from),
          to_(to),
          query_(std::move(query)),
          left_(limit),
          direction_(direction),
          page_events_(page_events) {}

    bool next(EventPage& page) override {
        return shared_->with(
            [&](const Records& records) { return fill(page, sequence_of_(records)); });
    }

    [[nodiscard]] Position looked_at() const noexcept override {
        return {direction_ == Direction::forward ? next_ - 1 : next_ + 1};
    }

private:
    bool fill(EventPage& page, const Sequence& sequence) {
        const bool forward = direction_ == Direction::forward;
        const auto more = [&] {
            const bool within = forward ? next_ <= to_ : next_ >= to_;
            return left_ > 0 && within && next_ >= 1 && next_ <= sequence.last();
        };
        for (std::uint64_t i = 0; i < step_events && page.size() < page_events_ && more(); ++i) {
            const EventView event = sequence.at(next_);
            if (query_.matches(event)) {
                page.emplace_back(event);
                --left_;
            }
            next_ = forward ? next_ + 1 : next_ - 1;
        }
        return !page.empty() || more();
    }

    std::shared_ptr<SharedRecords> shared_;
    SequenceOf sequence_of_;
    std::uint64_t next_;
    std::uint64_t to_;
    EventQuery query_;
    std::uint64_t left_;
    Direction direction_;
    std::size_t page_events_;
};

/// Events at positions that are given.
class PositionList final : public PageSource {
public:
    PositionList(std::shared_ptr<SharedRecords> shared, std::vector<Position> positions,
                 std::size_t page_events)
        : shared_(std::move(shared)), positions_(std::move(positions)), page_events_(page_events) {}

    bool next(EventPage& page) override {
        shared_->with([&](const Records& records) {
            page.reserve(std::min(page_events_, positions_.size() - at_));
            for (; at_ < positions_.size() && page.size() < page_events_; ++at_) {
                page.emplace_back(records.at(positions_[at_]));
            }
        });
        return at_ < positions_.size();
    }

private:
    std::shared_ptr<SharedRecords> shared_;
    std::vector<Position> positions_;
    std::size_t page_events_;
    std::size_t at_ = 0;
};

/// The number to begin with when `from` was asked for, 0 meaning the natural end.
std::uint64_t first_number(std::uint64_t from, Direction direction, std::uint64_t last) {
    if (direction == Direction::forward) return std::max<std::uint64_t>(from, 1);
    return from == 0 ? last : std::min(from, last);
}

/// The same for `to`.
std::uint64_t last_number(std::uint64_t to, Direction direction) {
    return to == 0 && direction == Direction::forward ? no_limit : to;
}

template <class SequenceOf, class Read>
EventCursor cursor(std::shared_ptr<SharedRecords> shared, SequenceOf sequence_of, std::uint64_t to,
                   EventQuery query, const Read& read) {
    const bool forward = read.direction == Direction::forward;
    const auto last =
        forward ? 0 : shared->with([&](const Records& all) { return sequence_of(all).last(); });
    const auto first = first_number(read.from.value, read.direction, last);
    return EventCursor{std::make_unique<Pages<SequenceOf>>(
        std::move(shared), std::move(sequence_of), first, last_number(to, read.direction),
        std::move(query), read.limit, read.direction, read.page_events)};
}

}  // namespace

EventCursor read_stream(std::shared_ptr<SharedRecords> shared, const StreamId& stream,
                        const StreamRead& read) {
    if (auto checked = check_page_events(read.page_events); !checked) {
        return EventCursor{checked.error()};
    }
    const auto events_of_stream = [name = stream.str()](const Records& records) {
        return Sequence{records, name};
    };
    return cursor(std::move(shared), events_of_stream, 0, {}, read);
}

EventCursor read_positions(std::shared_ptr<SharedRecords> shared, std::vector<Position> positions,
                           std::size_t page_events) {
    if (auto checked = check_page_events(page_events); !checked) {
        return EventCursor{checked.error()};
    }
    const auto head = shared->with([](const Records& records) { return records.head(); });
    if (auto checked = check_positions(positions, head); !checked) {
        return EventCursor{checked.error()};
    }
    return EventCursor{
        std::make_unique<PositionList>(std::move(shared), std::move(positions), page_events)};
}

EventCursor read_streams(std::shared_ptr<SharedRecords> shared,
                         const std::vector<StreamFrom>& streams, std::size_t page_events) {
    if (auto checked = check_page_events(page_events); !checked) {
        return EventCursor{checked.error()};
    }
    if (auto checked = check_streams_read(streams.size()); !checked) {
        return EventCursor{checked.error()};
    }
    std::vector<Position> positions;
    shared->with([&](const Records& records) {
        for (const auto& [stream, from] : streams) {
            const auto* all = records.positions_of(stream.view());
            if (all == nullptr) continue;
            const std::uint64_t skipped =
                std::min<std::uint64_t>(all->size(), std::max<std::uint64_t>(from.value, 1) - 1);
            positions.insert(positions.end(), all->begin() + static_cast<std::ptrdiff_t>(skipped),
                             all->end());
        }
    });
    if (!std::ranges::is_sorted(positions)) std::ranges::stable_sort(positions);
    const auto doubles = std::ranges::unique(positions);
    positions.erase(doubles.begin(), doubles.end());
    return EventCursor{
        std::make_unique<PositionList>(std::move(shared), std::move(positions), page_events)};
}

EventCursor read_all(std::shared_ptr<SharedRecords> shared, const PositionRead& read) {
    if (auto checked = check_page_events(read.page_events); !checked) {
        return EventCursor{checked.error()};
    }
    if (auto checked = check_query(read.query); !checked) return EventCursor{checked.error()};
    const auto head = shared->with([](const Records& records) { return records.head(); });
    if (auto checked = check_start(read.from, read.direction, head); !checked) {
        return EventCursor{checked.error()};
    }
    const auto all_events = [](const Records& records) { return Sequence{records}; };
    return cursor(std::move(shared), all_events, read.to.value, read.query, read);
}

}  // namespace mainstem::memory
