// The log's files of format version 1, byte for byte. See tests/golden/README.md for what to do
// when one differs.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/paths.hpp"
#include "unit/log/hex_dump.hpp"
#include "unit/log/log_fixture.hpp"

namespace mainstem::log {
namespace {

namespace fs = std::filesystem;

constexpr Timestamp first_time{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}};

/// Every optional part of an event.
NewEvent full_event() {
    NewEvent event = plain_event(2, std::string("any\0bytes\xFF", 10));
    event.type = "Replaced";
    event.tags = {"order:7", "priority:high"};
    event.metadata = {.correlation = "conversation",
                      .causation = "command",
                      .actor = "ada",
                      .json = R"({"note":"golden"})"};
    event.content_type = "application/octet-stream";
    event.occurred_at = first_time - std::chrono::microseconds{1};
    return event;
}

NewEvent foreign_id_event() {
    NewEvent event = plain_event(0, "");
    event.id = EventId::parse("f47ac10b-58cc-4372-a567-0e02b2c3d479").value();
    return event;
}

/// The requests of the golden store, in order; the fillers take the first segment to its end.
std::vector<AppendRequest> golden_requests() {
    std::vector<AppendRequest> requests;
    requests.push_back({.events = {{"order-1", plain_event(1, R"({"total":40})")}}});
    requests.push_back({.events = {{"order-1", full_event()},
                                   {"str\xC3\xB6m", plain_event(3, "")},
                                   {"order-1", plain_event(4)}}});
    requests.push_back(
        {.events = {{"order-2", foreign_id_event()}}, .durability = Durability::buffered});
    requests.push_back({.events = {{"$system", plain_event(5)}}});
    for (std::uint64_t filler = 0; filler < 4; ++filler) {
        requests.push_back(
            {.events = {{"fill", plain_event(10 + filler, std::string(15'800, 'x'))}}});
    }
    requests.push_back({.events = {{"order-1", plain_event(20, std::string(2'000, 'y'))}}});
    return requests;
}

class Golden : public LogTest {
protected:
    void write_store() {
        clock.set(first_time);
        LogConfig golden = config();
        golden.seed = 20'240'229;
        store = LogStore::open(directory, golden).value();
        for (const AppendRequest& request : golden_requests()) {
            clock.advance(std::chrono::microseconds{1'500});
            store->append_system(request).value();
        }
        close_writer();
    }
    /// What a reader must find.
    static std::vector<Event> expected_events() {
        std::vector<Event> events;
        std::map<std::string, Version> versions;
        Timestamp now = first_time;
        for (const AppendRequest& request : golden_requests()) {
            now += std::chrono::microseconds{1'500};
            for (const auto& [stream, event] : request.events) {
                Version& version = versions[stream.str()];
                version = version.next();
                const bool named = !event.content_type.empty();
                events.push_back(
                    {.position = {events.size() + 1},
                     .stream = stream.str(),
                     .version = version,
                     .type = event.type,
                     .id = event.id,
                     .recorded_at = now,
                     .occurred_at = event.occurred_at.value_or(now),
                     .tags = event.tags,
                     .metadata = event.metadata,
                     .content_type = named ? event.content_type : std::string{json_content_type},
                     .data = event.data});
            }
        }
        return events;
    }
    /// The store's files without LOCK, by their names in the golden folder.
    std::map<std::string, std::string> files_by_name() {
        std::map<std::string, std::string> found;
        for (const auto& [path, bytes] : disk.image()) {
            if (!path.ends_with("LOCK")) found[fs::path{path}.filename().string()] = bytes;
        }
        return found;
    }
    static fs::path golden_path(const std::string& name) {
        return support::source_folder() / "tests/golden/log_v1" / (name + ".hex");
    }
    static std::string text_of(const fs::path& path) {
        std::ifstream file{path, std::ios::binary};
        EXPECT_TRUE(file) << path;
        return {std::istreambuf_iterator<char>{file}, {}};
    }
};

const std::vector<std::string> golden_names{
    "00000000000000000001.index", "00000000000000000001.log", "00000000000000000011.log", "HEAD"};

TEST_F(Golden, files_are_what_is_written_today) {
    write_store();
    const auto written = files_by_name();
    std::vector<std::string> names;
    for (const auto& [name, bytes] : written) names.push_back(name);
    ASSERT_EQ(names, golden_names);
    const char* wanted = std::getenv("MAINSTEM_WRITE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
    for (const auto& [name, bytes] : written) {
        if (wanted != nullptr) {
            std::ofstream{golden_path(name), std::ios::binary} << hex_dump(bytes);
        }
        EXPECT_EQ(hex_dump(bytes), text_of(golden_path(name))) << name;
    }
}

TEST_F(Golden, files_can_be_read_today) {
    disk.create_directory("/store").value();
    disk.create_directory("/store/segments").value();
    for (const std::string& name : golden_names) {
        const auto bytes = bytes_of_dump(text_of(golden_path(name)));
        ASSERT_TRUE(bytes) << name;
        put((name == "HEAD" ? "/store/" : "/store/segments/") + name, *bytes);
    }
    for (const OpenMode mode : {OpenMode::read_only, OpenMode::existing}) {
        const auto opened = open(mode);
        const auto events = expected_events();
        EXPECT_EQ(read_all(*opened), events);
        EXPECT_EQ(opened->stream_info("fill").value().version, Version{4}) << "by the index file";
        EXPECT_EQ(read(opened->read_stream("order-1", {})).size(), 4U);
        EXPECT_TRUE(notices.empty()) << notices.front();
    }
    open_writer();
    for (const AppendRequest& request : golden_requests()) {
        EXPECT_TRUE(store->append_system(request).value().repeated);
    }
}

TEST_F(Golden, an_index_of_version_1_is_made_anew) {
    write_store();
    const std::string index = files(".index").front();
    const std::string today = disk.image().at(index);
    const auto old = bytes_of_dump(text_of(golden_path("version_1.index")));
    ASSERT_TRUE(old);
    put(index, *old);
    open_writer();
    EXPECT_EQ(store->stream_info("fill").value().version, Version{4});
    EXPECT_TRUE(noticed("is an index of another version; making it anew"));
    EXPECT_EQ(disk.image().at(index), today);
}

TEST(HexDump, gives_back_what_was_dumped) {
    for (const std::string& bytes :
         {std::string{}, std::string(1, '\0'), std::string(16, 'a'), std::string(32, 'a'),
          std::string(100, 'a') + "b", std::string(64, '\0') + std::string(48, 'x'),
          std::string("0123456789abcdef0123456789abcdef!")}) {
        EXPECT_EQ(bytes_of_dump(hex_dump(bytes)), bytes) << hex_dump(bytes);
    }
    EXPECT_EQ(bytes_of_dump("rubbish"), std::nullopt);
}

}  // namespace
}  // namespace mainstem::log
