// Event ids: form, order and uniqueness of new ones; reading and writing of any.
#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <mainstem/core/types.hpp>

namespace mainstem {
namespace {

std::uint64_t milliseconds_now() {
    using std::chrono::milliseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

std::vector<EventId> make_ids(std::size_t count) {
    std::vector<EventId> ids(count);
    for (auto& id : ids) id = EventId::generate();
    return ids;
}

TEST(EventId, new_ones_are_of_version_7) {
    for (const auto& id : make_ids(1000)) {
        EXPECT_EQ(id.bytes[6] >> 4, 7) << id;
        EXPECT_EQ(id.bytes[8] >> 6, 2) << id;
        EXPECT_FALSE(id.is_nil());
    }
}

TEST(EventId, new_ones_carry_the_time) {
    constexpr std::uint64_t coarse_clock_is_late_by = 20;
    const auto before = milliseconds_now();
    const auto time = EventId::generate().unix_milliseconds();
    ASSERT_TRUE(time);
    EXPECT_GE(*time + coarse_clock_is_late_by, before);
    EXPECT_LE(*time, milliseconds_now());
}

TEST(EventId, of_one_thread_ascend_strictly) {
    const auto ids = make_ids(200'000);
    const auto not_ascending = std::ranges::adjacent_find(ids, std::greater_equal{});
    EXPECT_EQ(not_ascending, ids.end());
}

TEST(EventId, of_many_threads_are_unique) {
    std::vector<std::vector<EventId>> made(8);
    {
        std::vector<std::jthread> threads;
        for (auto& ids : made) threads.emplace_back([&ids] { ids = make_ids(20'000); });
    }
    std::set<EventId> all;
    for (const auto& ids : made) all.insert(ids.begin(), ids.end());
    EXPECT_EQ(all.size(), 8U * 20'000);
}

TEST(EventId, of_a_forked_process_are_its_own) {
    const auto warm = EventId::generate();
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(::pipe(pipe_ends.data()), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto id = EventId::generate();
        const auto written = ::write(pipe_ends[1], id.bytes.data(), id.bytes.size());
        ::_exit(written == 16 ? 0 : 1);
    }
    const auto own = EventId::generate();
    EventId of_child;
    ASSERT_EQ(::read(pipe_ends[0], of_child.bytes.data(), 16), 16);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);

    EXPECT_NE(of_child, own);
    // A copied generator would go on in small steps from the same tail, or draw the same one.
    const auto tail_begin = [](const EventId& id) {
        return std::vector<int>(id.bytes.begin() + 8, id.bytes.begin() + 11);
    };
    EXPECT_NE(tail_begin(of_child), tail_begin(own)) << of_child << ' ' << own;
    EXPECT_NE(tail_begin(of_child), tail_begin(warm)) << of_child << ' ' << warm;
}

TEST(EventId, prints_as_in_the_rfc) {
    // RFC 9562, appendix A.6.
    const auto id = EventId::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    EXPECT_EQ(id->unix_milliseconds(), 0x017F22E279B0U);
    std::ostringstream out;
    out << *id;
    EXPECT_EQ(out.str(), id->to_string());
}

TEST(EventId, of_other_versions_carry_no_time) {
    // RFC 9562, appendices A.3 (version 4) and a version 7 with another variant.
    EXPECT_FALSE(EventId::parse("919108f7-52d1-4320-9bac-f847db4148a8")->unix_milliseconds());
    EXPECT_FALSE(EventId::parse("017f22e2-79b0-7cc3-18c4-dc0c0c07398f")->unix_milliseconds());
    EXPECT_FALSE(EventId{}.unix_milliseconds());
    EXPECT_TRUE(EventId{}.is_nil());
}

TEST(EventId, refuses_other_texts) {
    for (const auto* text :
         {"", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f",
          "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
          "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
          "017f22e2+79b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
          " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f"})
        EXPECT_FALSE(EventId::parse(text)) << text;
}

RC_GTEST_PROP(EventId, reads_what_it_wrote, ()) {
    EventId id;
    for (auto& byte : id.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    RC_ASSERT(EventId::parse(id.to_string()) == id);
}

RC_GTEST_PROP(EventId, reading_any_text_is_safe, (const std::string& text)) {
    RC_ASSERT(!EventId::parse(text) || text.size() == 36U);
}

}  // namespace
}  // namespace mainstem
