// Events that are on their way to another thread: copied, one after the other, into one buffer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/event/event.hpp>

namespace mainstem::projection {

class EventChunk {
public:
    void add(const EventView& event) {
        auto& entry = entries_.emplace_back(event, bytes_.size());
        for (const auto part : {event.stream, event.type, event.content_type, event.data,
                                event.tags.packed(), event.metadata.packed()}) {
            entry.sizes[entry.parts++] = part.size();
            bytes_ += part;
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    /// Calls `visit` with each event until it answers false.
    template <class Visit>
    void each(Visit visit) {
        for (auto& entry : entries_) {
            std::string_view rest{bytes_};
            rest.remove_prefix(entry.begin);
            std::size_t part = 0;
            const auto next = [&] {
                const auto size = entry.sizes[part++];
                const auto taken = rest.substr(0, size);
                rest.remove_prefix(size);
                return taken;
            };
            entry.event.stream = next();
            entry.event.type = next();
            entry.event.content_type = next();
            entry.event.data = next();
            entry.event.tags = TagsView{next()};
            entry.event.metadata = MetadataView{next()};
            if (!visit(entry.event)) return;
        }
    }

private:
    static constexpr std::size_t parts_of_event = 6;

    struct Entry {
        Entry(const EventView& one, std::size_t at) : event(one), begin(at) {}

        EventView event;  ///< its texts are set when it is visited
        std::size_t begin;
        std::size_t sizes[parts_of_event]{};
        std::size_t parts = 0;
    };

    std::vector<Entry> entries_;
    std::string bytes_;
};

}  // namespace mainstem::projection
