// The pages of a read that fails on the way.
#pragma once

#include <cstdint>
#include <utility>

#include <mainstem/store/read.hpp>

namespace mainstem::testing {

/// Yields the first events of a cursor, then an error. Where the cursor has fewer, or fails by
/// itself, the first error is the last element.
class FaultyPages final : public PageSource {
public:
    FaultyPages(EventCursor inner, std::uint64_t events, Error error)
        : inner_(std::move(inner)), left_(events), error_(std::move(error)) {}

    bool next(EventPage& page) override {
        if (left_ > 0) {
            if (!inner_.ready()) return true;
            if (const auto* event = inner_.next()) {
                --left_;
                page.push_back(*event);
                return event->has_value();
            }
        }
        page.emplace_back(error_);
        return false;
    }

    [[nodiscard]] Position looked_at() const noexcept override { return inner_.looked_at(); }

private:
    EventCursor inner_;
    std::uint64_t left_;
    Error error_;
};

}  // namespace mainstem::testing
