// Events: NewEvent is what a caller wants recorded, EventView is a stored event seen in a page
// that is being read, Event is a stored event owned. The store never looks into `data`.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mainstem/core/types.hpp>

namespace mainstem {

/// What `content_type` means when it is empty.
inline constexpr std::string_view json_content_type = "application/json";

/// Where an event came from. Every part may be empty.
struct Metadata {
    std::string correlation = {};  ///< the conversation that the event belongs to
    std::string causation = {};    ///< the command or event that led to it
    std::string actor = {};        ///< who asked for it
    std::string json = {};         ///< anything else, one JSON object by convention

    [[nodiscard]] bool empty() const noexcept {
        return correlation.empty() && causation.empty() && actor.empty() && json.empty();
    }

    bool operator==(const Metadata&) const = default;
};

/// An event that is not stored yet. It is born with its id: a store that is given the same value
/// twice recognises the repeat, which makes appending again after an unknown outcome safe.
struct NewEvent {
    std::string type;
    std::string data = {};  ///< the payload, any bytes
    std::vector<Tag> tags = {};
    Metadata metadata = {};
    std::string content_type = {};  ///< of `data`; empty: application/json
    EventId id = EventId::generate();
    std::optional<Timestamp> occurred_at = {};  ///< default: the time of recording

    bool operator==(const NewEvent&) const = default;
};

/// Several events for one stream, in order.
class NewEvents {
public:
    NewEvents() = default;
    NewEvents(std::initializer_list<NewEvent> events) : events_(events) {}
    explicit NewEvents(std::vector<NewEvent> events) : events_(std::move(events)) {}

    void add(NewEvent event) { events_.push_back(std::move(event)); }
    [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }
    auto begin() noexcept { return events_.begin(); }
    auto end() noexcept { return events_.end(); }
    [[nodiscard]] auto begin() const noexcept { return events_.begin(); }
    [[nodiscard]] auto end() const noexcept { return events_.end(); }

private:
    std::vector<NewEvent> events_;
};

/// The tags of a stored event, decoded one after the other from their packed form: for each tag
/// one byte of length, then its bytes. Does not own them.
class TagsView {
public:
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;

        iterator() = default;
        explicit iterator(const char* at) : at_(at) {}
        std::string_view operator*() const { return {at_ + 1, length()}; }
        iterator& operator++() {
            at_ += 1 + length();
            return *this;
        }
        iterator operator++(int) {
            iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const iterator&) const = default;

    private:
        [[nodiscard]] std::size_t length() const { return static_cast<unsigned char>(*at_); }
        const char* at_ = nullptr;
    };

    TagsView() = default;
    /// `packed` must be well-formed (see `pack`); stores check that before they build a view.
    explicit TagsView(std::string_view packed) : packed_(packed) {}

    [[nodiscard]] iterator begin() const { return iterator{packed_.data()}; }
    [[nodiscard]] iterator end() const { return iterator{packed_.data() + packed_.size()}; }
    [[nodiscard]] bool empty() const noexcept { return packed_.empty(); }
    [[nodiscard]] std::size_t size() const {
        return static_cast<std::size_t>(std::distance(begin(), end()));
    }
    [[nodiscard]] bool contains(std::string_view tag) const;
    [[nodiscard]] std::string_view packed() const noexcept { return packed_; }

    /// Appends the packed form of `tags` to `out`. Each tag must have 1 to 255 bytes.
    static void pack(const std::vector<Tag>& tags, std::string& out);
    /// True if `packed` is a sequence of at most 64 non-empty tags and nothing else.
    static bool well_formed(std::string_view packed) noexcept;

private:
    std::string_view packed_;
};

/// The metadata of a stored event in its packed form: three bytes of lengths (correlation,
/// causation, actor), these texts, then the JSON; nothing at all if every part is empty.
class MetadataView {
public:
    MetadataView() = default;
    /// `packed` must be well-formed (see `pack`).
    explicit MetadataView(std::string_view packed) : packed_(packed) {}

    [[nodiscard]] std::string_view correlation() const noexcept { return part(0); }
    [[nodiscard]] std::string_view causation() const noexcept { return part(1); }
    [[nodiscard]] std::string_view actor() const noexcept { return part(2); }
    [[nodiscard]] std::string_view json() const noexcept { return part(3); }
    [[nodiscard]] bool empty() const noexcept { return packed_.empty(); }
    [[nodiscard]] std::string_view packed() const noexcept { return packed_; }
    [[nodiscard]] Metadata to_owned() const;

    /// Appends the packed form to `out`. The first three parts must have at most 255 bytes.
    static void pack(const Metadata& metadata, std::string& out);
    static bool well_formed(std::string_view packed) noexcept;

private:
    [[nodiscard]] std::string_view part(int index) const noexcept;
    std::string_view packed_;
};

/// A stored event, owned.
struct Event {
    Position position;
    std::string stream;
    Version version;
    std::string type;
    EventId id;
    Timestamp recorded_at;
    Timestamp occurred_at;
    std::vector<Tag> tags;
    Metadata metadata;
    std::string content_type;
    std::string data;

    bool operator==(const Event&) const = default;
};

/// A stored event, seen in the page of a cursor: valid until the cursor moves or ends.
struct EventView {
    Position position;
    Version version;  ///< in its stream
    std::string_view stream;
    std::string_view type;
    EventId id;
    Timestamp recorded_at;  ///< the store's time; never goes back from one position to the next
    Timestamp occurred_at;  ///< the caller's time; the recorded one if none was given
    TagsView tags;
    MetadataView metadata;
    std::string_view content_type;
    std::string_view data;

    [[nodiscard]] Event to_owned() const;
};

}  // namespace mainstem
