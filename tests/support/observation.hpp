// What a full read of a store showed, and the rules that hold for any store at any time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/store/event_store.hpp>

namespace mainstem::support {

/// Collects what is wrong, one line each. Keeps the first few: the rest follows from them.
class Violations {
public:
    static constexpr std::size_t most = 10;

    void add(std::string line) {
        if (lines_.size() < most) lines_.push_back(std::move(line));
    }
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    /// All lines, each ended by a newline.
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::string> lines_;
};

struct Observation {
    std::vector<Event> events = {};
    /// What the store says its last position is.
    Position head = {};
    /// Set if the read ended early.
    std::optional<Error> error = {};
};

/// Every event of `store`, from the first one, by pages of `page_events`.
Observation observe(EventStore& store, std::size_t page_events = limits::page_events_default);

/// Positions are 1 to head, versions 1 and up in each stream, recorded time never goes back.
void check_order(const Observation& observation, Violations& violations);

/// Which version each stream had after each position of an observation.
class StreamVersions {
public:
    explicit StreamVersions(const Observation& observation);

    /// The stream's version after `position`; 0 if it had no event.
    [[nodiscard]] Version at(std::string_view stream, Position position) const;
    /// The position of an event; 0 if there is no such event.
    [[nodiscard]] Position position_of(std::string_view stream, Version version) const;
    /// The positions of a stream's events, ascending.
    [[nodiscard]] const std::vector<Position>& positions(std::string_view stream) const;

private:
    std::map<std::string, std::vector<Position>, std::less<>> positions_;
};

/// True if `stored` is what appending `wanted` must leave behind, wherever it was put.
[[nodiscard]] bool same_content(const StreamEvent& wanted, const Event& stored);
[[nodiscard]] bool same_content(const AppendRequest& one, const AppendRequest& other);

}  // namespace mainstem::support
