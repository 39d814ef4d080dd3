// Damage of acknowledged data: whichever bit turns over, whichever file is missing or cut, the log
// names it, changes nothing, and serves either everything or exactly what lies before the damage.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>

#include "log/log_store.hpp"
#include "support/observation.hpp"
#include "support/simulated_disk.hpp"

namespace mainstem::support {
namespace {

constexpr const char* directory = "/store";

/// Where an event's payload lies.
struct Place {
    std::string file = {};
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    Position position = {};       ///< of the event
    Position request_first = {};  ///< of the first event of its request
};

/// A log of several segments, closed in order, with a known place for each payload.
class LogDamage : public ::testing::Test {
protected:
    void SetUp() override {
        auto store = open({}).value();
        for (std::uint64_t number = 0; number < 60; ++number) {
            AppendRequest request;
            for (std::uint64_t event = 0; event <= number % 3; ++event) {
                request.events.push_back({fmt::format("stream-{}", event), make_event()});
            }
            const Appended answer = store->append(request).value();
            for (const auto& event : request.events) {
                places_.push_back({.size = event.event.data.size(),
                                   .position = {places_.size() + 1},
                                   .request_first = answer.first});
                payloads_.push_back(event.event.data);
            }
        }
        whole_ = observe(*store);
        store.reset();
        image_ = disk_.image();
        find_places();
    }

    NewEvent make_event() {
        NewEvent event{.type = "T", .id = {}};
        const std::uint64_t size = 100 + random_.below(2'500);
        while (event.data.size() < size) event.data += fmt::format("{:016x}", random_());
        for (auto& byte : event.id.bytes) byte = static_cast<std::uint8_t>(random_());
        return event;
    }

    void find_places() {
        for (std::size_t number = 0; number < places_.size(); ++number) {
            for (const auto& [path, bytes] : image_) {
                if (!path.ends_with(".log")) continue;
                const auto at = bytes.find(payloads_[number]);
                if (at == std::string::npos) continue;
                places_[number].file = path;
                places_[number].offset = at;
                break;
            }
            ASSERT_FALSE(places_[number].file.empty());
        }
        ASSERT_NE(places_.front().file, places_.back().file) << "a single segment";
        last_segment_ = places_.back().file;
    }

    struct How {
        OpenMode mode = OpenMode::create;
        bool up_to_damage = false;
    };
    Result<std::shared_ptr<log::LogStore>> open(How how) {
        log::LogConfig config;
        config.mode = how.mode;
        config.up_to_damage = how.up_to_damage;
        config.segment_size = limits::segment_least;
        config.disk = &disk_;
        config.clock = &clock_;
        config.seed = 7;
        config.helper_thread = false;
        return log::LogStore::open(directory, config);
    }

    /// Ends the process without a trace.
    Result<Observation> open_and_read(How how) {
        auto store = open(how);
        if (!store) return store.error();
        Observation observation = observe(**store);
        disk_.crash_now();
        store->reset();
        disk_.kill();
        return observation;
    }

    void restore(const std::map<std::string, std::string>& image) {
        for (const auto& [path, bytes] : disk_.image()) {
            if (!image.contains(path)) disk_.erase(path);
        }
        for (const auto& [path, bytes] : image) disk_.put(path, bytes);
    }

    void flip(const Place& place) {
        disk_.flip_bit(place.file, place.offset, static_cast<unsigned>(random_.below(8)));
    }

    /// The log must refuse and leave every byte as it is.
    void expect_refused(const Place& place) {
        const auto before = disk_.image();
        const auto opened = open({});
        ASSERT_FALSE(opened.has_value());
        EXPECT_TRUE(opened.error() == StoreError::damaged) << opened.error();
        EXPECT_FALSE(open({.mode = OpenMode::read_only}).has_value());
        EXPECT_TRUE(same_files(before));
        EXPECT_NE(opened.error().message().find(place.file), std::string::npos) << opened.error();
        EXPECT_NE(opened.error().message().find("byte "), std::string::npos) << opened.error();
    }

    /// All but the lock's file, which holds the process that tried.
    bool same_files(std::map<std::string, std::string> before) {
        auto now = disk_.image();
        before.erase(std::string(directory) + "/LOCK");
        now.erase(std::string(directory) + "/LOCK");
        return before == now;
    }

    /// What was read is the beginning of the truth, up to the damaged request.
    void expect_prefix(const Observation& read, const Place& place) {
        ASSERT_LE(read.events.size(), whole_.events.size());
        EXPECT_TRUE(std::equal(read.events.begin(), read.events.end(), whole_.events.begin()));
        EXPECT_LT(read.events.size(), place.position.value);
    }

    SimulatedDisk disk_{1};
    ManualClock clock_{Timestamp{std::chrono::seconds{1'700'000'000}}};
    Random random_{1};
    Observation whole_;
    std::vector<Place> places_;
    std::vector<std::string> payloads_;
    std::map<std::string, std::string> image_;
    std::string last_segment_;
};

TEST_F(LogDamage, in_the_last_segment_is_refused_and_can_be_read_up_to) {
    for (Place place : places_) {
        if (place.file != last_segment_) continue;
        SCOPED_TRACE(fmt::format("position {}", place.position.value));
        place.offset += random_.below(place.size);
        const auto before = disk_.image();
        flip(place);
        ASSERT_NO_FATAL_FAILURE(expect_refused(place));
        const auto error = open({}).error().message();
        EXPECT_NE(error.find(fmt::format("position {}", place.position.value)), std::string::npos)
            << error;
        const auto read = open_and_read({.mode = OpenMode::read_only, .up_to_damage = true});
        ASSERT_TRUE(read.has_value()) << read.error();
        EXPECT_FALSE(read->error.has_value()) << *read->error;
        expect_prefix(*read, place);
        EXPECT_EQ(read->events.size() + 1, place.request_first.value);
        restore(before);
    }
}

TEST_F(LogDamage, in_a_sealed_segment_is_an_error_of_the_read) {
    for (Place place : places_) {
        if (place.file == last_segment_) continue;
        SCOPED_TRACE(fmt::format("position {}", place.position.value));
        place.offset += random_.below(place.size);
        const auto before = disk_.image();
        flip(place);
        const auto read = open_and_read({});
        ASSERT_TRUE(read.has_value()) << read.error();
        ASSERT_TRUE(read->error.has_value());
        EXPECT_TRUE(*read->error == StoreError::damaged) << *read->error;
        EXPECT_NE(read->error->message().find(place.file), std::string::npos) << *read->error;
        expect_prefix(*read, place);
        EXPECT_GE(read->events.size() + 1, place.request_first.value);
        restore(before);
    }
}

TEST_F(LogDamage, of_any_bit_is_never_served) {
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
        const auto before = disk_.image();
        const auto& [file, bytes] =
            *std::next(before.begin(), static_cast<std::ptrdiff_t>(random_.below(before.size())));
        const Place place{.file = file, .offset = random_.below(bytes.size())};
        SCOPED_TRACE(fmt::format("{} byte {}", place.file, place.offset));
        flip(place);
        const auto read = open_and_read({});
        if (read.has_value()) {
            ASSERT_LE(read->events.size(), whole_.events.size());
            EXPECT_TRUE(
                std::equal(read->events.begin(), read->events.end(), whole_.events.begin()));
            EXPECT_TRUE(read->error || read->events.size() == whole_.events.size());
        } else {
            EXPECT_TRUE(read.error() == StoreError::damaged ||
                        read.error() == StoreError::newer_format)
                << read.error();
        }
        restore(before);
        if (HasFailure()) return;
    }
}

TEST_F(LogDamage, is_known_from_later_frames_when_nothing_else_tells) {
    for (const Place& place : places_) {
        if (place.file != last_segment_) continue;
        // The last request has nothing behind it that proves that it was flushed.
        if (place.request_first == places_.back().request_first) continue;
        SCOPED_TRACE(fmt::format("position {}", place.position.value));
        disk_.erase(std::string(directory) + "/HEAD");
        std::string bytes = image_.at(place.file);
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(place.offset), place.size, '\0');
        disk_.put(place.file, bytes);
        ASSERT_NO_FATAL_FAILURE(expect_refused(place));
        restore(image_);
    }
}

TEST_F(LogDamage, a_missing_segment_is_never_passed_over) {
    for (const auto& [file, bytes] : image_) {
        if (!file.ends_with(".log")) continue;
        SCOPED_TRACE(file);
        disk_.erase(file);
        const auto before = disk_.image();
        const auto read = open_and_read({});
        ASSERT_FALSE(read.has_value());
        EXPECT_TRUE(read.error() == StoreError::damaged) << read.error();
        EXPECT_NE(read.error().message().find(file), std::string::npos) << read.error();
        EXPECT_TRUE(same_files(before));
        restore(image_);
    }
}

TEST_F(LogDamage, a_segment_that_was_cut_is_never_taken_as_whole) {
    for (const auto& [file, bytes] : image_) {
        if (!file.ends_with(".log")) continue;
        // From eight bytes on: fewer may be the padding behind the last event.
        for (std::size_t cut = 8; cut < bytes.size(); cut *= 2) {
            SCOPED_TRACE(fmt::format("{}: {} bytes less", file, cut));
            disk_.put(file, std::string_view(bytes).substr(0, bytes.size() - cut));
            const auto before = disk_.image();
            const auto read = open_and_read({});
            const bool sealed = file != last_segment_;
            EXPECT_EQ(read.has_value(), sealed);
            EXPECT_TRUE(sealed || same_files(before));
            const Error error = read.has_value() ? read->error.value() : read.error();
            EXPECT_TRUE(error == StoreError::damaged) << error;
            restore(image_);
        }
    }
}

TEST_F(LogDamage, of_the_derived_files_loses_nothing) {
    for (const auto& [file, bytes] : image_) {
        if (file.ends_with(".log")) continue;
        SCOPED_TRACE(file);
        disk_.erase(file);
        const auto read = open_and_read({});
        ASSERT_TRUE(read.has_value()) << read.error();
        EXPECT_TRUE(read->events == whole_.events);
        restore(image_);
    }
}

}  // namespace
}  // namespace mainstem::support
