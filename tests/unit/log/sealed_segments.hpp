// A closed log of three full segments with their index files and a last one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "unit/log/log_fixture.hpp"

namespace mainstem::log {

class SealedSegments : public LogTest {
protected:
    SealedSegments() {
        open_writer();
        fill(4);
        events = read_all(*store);
        store->run_background();
        close_writer();
        indexes = files(".index");
        closed = disk.image();
    }

    void expect_right(EventStore& from) {
        EXPECT_EQ(read_all(from), events);
        std::map<std::string, std::vector<Event>> streams;
        for (const Event& event : events) streams[event.stream].push_back(event);
        for (const auto& [stream, expected] : streams) {
            EXPECT_EQ(read(from.read_stream(stream, {})), expected);
            const StreamInfo info = from.stream_info(stream).value();
            EXPECT_EQ(info.version, expected.back().version);
            EXPECT_EQ(info.last_position, expected.back().position);
        }
        EXPECT_EQ(from.streams({}, {}, 100).value().size(), streams.size());
    }
    /// Every request that is stored is known.
    void expect_repeats_known() {
        for (std::uint64_t number = 1; number <= made; number += 20) {
            const Event& event = events[number - 1];
            AppendRequest request{.events = {{event.stream, plain_event(number, event.data)}}};
            EXPECT_TRUE(store->append(request).value().repeated) << number;
        }
    }

    /// No index file is missing, other than it was, or left half written.
    void expect_indexes_whole() {
        const auto image = disk.image();
        for (const std::string& index : indexes) {
            ASSERT_TRUE(image.contains(index)) << index;
            EXPECT_EQ(image.at(index), closed.at(index)) << "the same log gives the same index";
        }
        EXPECT_TRUE(files(".new").empty());
    }
    void erase_indexes() {
        for (const std::string& index : indexes) disk.erase(index);
    }
    /// Puts every file back as it was, on the disk.
    void restore() {
        for (const auto& [path, bytes] : disk.image()) {
            if (!closed.contains(path)) disk.erase(path);
        }
        for (const auto& [path, bytes] : closed) disk.put(path, bytes);
        made = events.size();
    }

    std::vector<Event> events;
    std::vector<std::string> indexes;
    std::map<std::string, std::string> closed;  ///< the files of the closed store
};

}  // namespace mainstem::log
