// Typed events as a program stored them in their first version, read by the types of today. See
// tests/golden/README.md for what to do when a file differs.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <mainstem/event/codec.hpp>
#include <mainstem/store/typed_events.hpp>

#include "support/paths.hpp"
#include "unit/log/hex_dump.hpp"
#include "unit/log/log_fixture.hpp"

namespace mainstem::log::golden {

// --- version 1, as it was written

struct OpenedV1 {
    static constexpr auto event_type = "AccountOpened";
    std::string account;
    std::string owner;  ///< "Ada Lovelace"
    [[nodiscard]] auto tags() const { return std::vector{"account:" + account}; }
};
struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::string account;
    std::int64_t cents = 0;
    std::optional<std::string> note;
};
struct MeasuredV1 {
    static constexpr auto event_type = "Measured";
    std::uint32_t celsius_hundredths = 0;
};

// --- what became of them

struct OpenedV2 {
    static constexpr auto event_type = "AccountOpened";
    static constexpr unsigned event_version = 2;
    std::string account;
    std::string first_name;
    std::string last_name;
    static OpenedV2 upcast(const OpenedV1& before) {
        const auto space = before.owner.find(' ');
        return {before.account, before.owner.substr(0, space), before.owner.substr(space + 1)};
    }
};
struct Opened {
    static constexpr auto event_type = "AccountOpened";
    static constexpr unsigned event_version = 3;
    struct Owner {
        std::string first_name;
        std::string last_name;
        bool operator==(const Owner&) const = default;
    };
    std::string account;
    Owner owner;
    std::string currency = "EUR";
    static Opened upcast(const OpenedV2& before) {
        return {.account = before.account, .owner = {before.first_name, before.last_name}};
    }
};
/// Bytes in version 1, JSON since.
struct Measured {
    static constexpr auto event_type = "Measured";
    static constexpr unsigned event_version = 2;
    double celsius = 0;
    static Measured upcast(const MeasuredV1& before) { return {before.celsius_hundredths / 100.0}; }
};
using Today = std::variant<Opened, Deposited, Measured>;

}  // namespace mainstem::log::golden

/// Four bytes, the lowest first.
template <>
struct mainstem::Codec<mainstem::log::golden::MeasuredV1> {
    static constexpr std::string_view content_type = "application/x-measured";

    static Result<void> encode(const log::golden::MeasuredV1& event, std::string& data) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            data += static_cast<char>((event.celsius_hundredths >> shift) & 0xFF);
        }
        return {};
    }
    static Result<void> decode(std::string_view data, log::golden::MeasuredV1& event) {
        if (data.size() != 4) return Error{EventError::bad_payload, "expected 4 bytes"};
        for (unsigned i = 0; i < 4; ++i) {
            event.celsius_hundredths |=
                static_cast<std::uint32_t>(static_cast<unsigned char>(data[i])) << (8 * i);
        }
        return {};
    }
};

namespace mainstem::log {
namespace {

namespace fs = std::filesystem;
using golden::Deposited;
using golden::Measured;
using golden::MeasuredV1;
using golden::Opened;
using golden::OpenedV1;

class GoldenEvents : public LogTest {
protected:
    void write_store() {
        clock.set(Timestamp{std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}});
        store = open();
        add("ada", encode(OpenedV1{"ada", "Ada Lovelace"}));
        add("ada", encode(Deposited{"ada", 4'000, "str\xC3\xB6m \"1\""}));
        add("ada", encode(Deposited{"ada", -1, {}}));
        add("cellar", encode(MeasuredV1{1'250}));
        close_writer();
    }
    static fs::path golden_path(const std::string& name) {
        return support::source_folder() / "tests/golden/typed_events_v1" / (name + ".hex");
    }
    static std::string text_of(const fs::path& path) {
        std::ifstream file{path, std::ios::binary};
        EXPECT_TRUE(file) << path;
        return {std::istreambuf_iterator<char>{file}, {}};
    }

private:
    void add(const StreamId& stream, Result<NewEvent> event) {
        event->id = numbered_id(++made);
        store->append({.events = {{stream, std::move(event).value()}}}).value();
    }
};

TEST_F(GoldenEvents, are_stored_as_they_were) {
    write_store();
    const char* wanted = std::getenv("MAINSTEM_WRITE_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
    const auto image = disk.image();
    for (const char* path : {first_segment, head_file}) {
        const auto dump = hex_dump(image.at(path));
        const auto file = golden_path(fs::path{path}.filename().string());
        if (wanted != nullptr) std::ofstream{file, std::ios::binary} << dump;
        EXPECT_EQ(dump, text_of(file)) << path;
    }
}

TEST_F(GoldenEvents, of_version_1_are_read_by_the_types_of_today) {
    disk.create_directory("/store").value();
    disk.create_directory("/store/segments").value();
    for (const char* path : {first_segment, head_file}) {
        const auto bytes = bytes_of_dump(text_of(golden_path(fs::path{path}.filename().string())));
        ASSERT_TRUE(bytes) << path;
        put(path, *bytes);
    }
    const auto opened = open(OpenMode::read_only);
    std::vector<golden::Today> events;
    for (const auto& entry : read_as<golden::Today>(opened->read_all({}))) {
        events.push_back(entry.value().event);
    }
    ASSERT_EQ(events.size(), 4U);
    const auto& ada = std::get<Opened>(events[0]);
    EXPECT_EQ(ada.account, "ada");
    EXPECT_EQ(ada.owner, (Opened::Owner{"Ada", "Lovelace"}));
    EXPECT_EQ(ada.currency, "EUR");
    EXPECT_EQ(std::get<Deposited>(events[1]).cents, 4'000);
    EXPECT_EQ(std::get<Deposited>(events[1]).note, "str\xC3\xB6m \"1\"");
    EXPECT_EQ(std::get<Deposited>(events[2]).cents, -1);
    EXPECT_FALSE(std::get<Deposited>(events[2]).note);
    EXPECT_EQ(std::get<Measured>(events[3]).celsius, 12.5);
}

}  // namespace
}  // namespace mainstem::log
