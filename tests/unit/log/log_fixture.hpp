// A log on a simulated disk, driven by one thread: what the tests of the engine's parts share.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>

#include "core/crc32c.hpp"
#include "log/header.hpp"
#include "log/log_store.hpp"
#include "support/segment_builder.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::log {

using support::numbered_id;
using support::Operation;
using support::plain_event;

/// The answer to an asynchronous append, once it has come.
using Answer = std::shared_ptr<std::optional<Result<Appended>>>;

class LogTest : public ::testing::Test {
protected:
    static constexpr const char* directory = "/store";
    static constexpr const char* first_segment = "/store/segments/00000000000000000001.log";
    static constexpr const char* head_file = "/store/HEAD";

    LogConfig config(OpenMode mode = OpenMode::create) {
        LogConfig config;
        config.mode = mode;
        config.segment_size = limits::segment_least;
        config.disk = &disk;
        config.clock = &clock;
        config.seed = 5;
        config.helper_thread = false;
        config.on_notice = [this](std::string_view text) { notices.emplace_back(text); };
        return config;
    }

    Result<std::shared_ptr<LogStore>> try_open(OpenMode mode = OpenMode::create,
                                               bool up_to_damage = false) {
        LogConfig wanted = config(mode);
        wanted.up_to_damage = up_to_damage;
        return LogStore::open(directory, wanted);
    }
    std::shared_ptr<LogStore> open(OpenMode mode = OpenMode::create) {
        return try_open(mode).value();
    }
    void open_writer() { store = open(); }
    void close_writer() { store.reset(); }
    /// With so much memory for pages and blocks of indexes.
    void open_with(Bytes memory) {
        store.reset();
        LogConfig wanted = config();
        wanted.memory = memory;
        store = LogStore::open(directory, wanted).value();
    }

    /// A request of one new event.
    AppendRequest one_event(const std::string& stream, std::string data = "{}",
                            Durability durability = Durability::flushed) {
        return {.events = {{stream, plain_event(++made, std::move(data))}},
                .durability = durability};
    }
    Appended append(const std::string& stream, std::string data = "{}",
                    Durability durability = Durability::flushed) {
        return store->append(one_event(stream, std::move(data), durability)).value();
    }
    /// Queues a request for the next group.
    Answer queue(const AppendRequest& request) {
        auto answer = std::make_shared<std::optional<Result<Appended>>>();
        store->async_append(request, [answer](Result<Appended> got) { *answer = std::move(got); });
        return answer;
    }
    /// Fills segments with events of 1 KiB for streams `stream-0` to `stream-4` until there are
    /// `segments` of them.
    void fill(std::size_t segments) {
        while (store->stats().value().segments < segments) {
            append(fmt::format("stream-{}", made % 5), std::string(1000, 'f'));
        }
    }

    static std::vector<Event> read(EventCursor cursor) {
        std::vector<Event> events;
        for (const auto& event : cursor) events.push_back(event.value().to_owned());
        return events;
    }
    static std::vector<Event> read_all(EventStore& from) { return read(from.read_all({})); }
    /// The last element of a cursor, which must be an error.
    static Error last_error(EventCursor cursor) {
        std::optional<Error> error;
        for (const auto& event : cursor) {
            error.reset();
            if (!event) error = event.error();
        }
        EXPECT_TRUE(error.has_value()) << "the cursor ends without an error";
        return error.value_or(Error{StoreError::invalid, "none"});
    }

    /// Names in the segments' folder that end with `suffix`.
    std::vector<std::string> files(std::string_view suffix) {
        std::vector<std::string> found;
        for (const auto& [path, bytes] : disk.image()) {
            if (path.ends_with(suffix)) found.push_back(path);
        }
        return found;
    }
    /// Replaces a file's bytes, on the disk at once.
    void put(const std::string& path, ByteSpan bytes) {
        disk.erase(path);
        const auto file = disk.open(path, FileMode::create_new).value();
        file->write_at(bytes, 0).value();
        file->flush().value();
        disk.flush_directory(support::folder_of(path)).value();
    }
    void put(const std::string& path, std::string_view text) {
        put(path, std::as_bytes(std::span{text}));
    }
    HeadRecord head_record() {
        HeadRecord head;
        const std::string bytes = disk.image().at(head_file);
        EXPECT_EQ(parse(std::as_bytes(std::span{bytes}), head), Verdict::valid);
        return head;
    }
    void put_head(HeadRecord head) {
        seal(head);
        put(head_file, bytes_of(head));
    }
    /// Gives a stored event another kind, as a newer version would have written it.
    void set_kind(const std::string& segment, Position position, EventKind kind) {
        std::string text = disk.image().at(segment);
        const auto bytes = std::as_writable_bytes(std::span{text});
        SegmentHeader header;
        ASSERT_EQ(parse(bytes, header), Verdict::valid);
        const auto file = disk.open(segment, FileMode::read).value();
        FrameScanner scanner{*file, header, text.size()};
        while (const ScannedFrame* frame = scanner.next().value()) {
            for (std::size_t i = 0; i < frame->events.size(); ++i) {
                const EventView& event = frame->events[i];
                if (event.position != position) continue;
                std::byte* const at = &bytes[frame->offsets[i]];
                at[offsetof(EventHeader, kind)] = static_cast<std::byte>(kind);
                const auto size = load<EventHeader>(at).size;
                const std::uint32_t head = crc32c(0, at + 4, offsetof(EventHeader, version) - 4);
                const std::uint32_t content =
                    crc32c(head, at + sizeof(EventHeader), size - sizeof(EventHeader));
                assign(at, content, {event.version, event.recorded_at, position, header.salt});
            }
        }
        put(segment, text);
    }
    bool noticed(std::string_view part) const {
        for (const std::string& notice : notices) {
            if (notice.find(part) != std::string::npos) return true;
        }
        return false;
    }

    support::SimulatedDisk disk{1};
    ManualClock clock{Timestamp{std::chrono::seconds{1'700'000'000}}};
    std::vector<std::string> notices;
    std::shared_ptr<LogStore> store;
    std::uint64_t made = 0;
};

}  // namespace mainstem::log
