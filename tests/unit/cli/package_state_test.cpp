// Folding package histories, and comparing them with what dpkg says.
#include <gtest/gtest.h>

#include "cli/dpkg_line.hpp"
#include "cli/generated_history.hpp"
#include "cli/package_state.hpp"

namespace mainstem::cli {
namespace {

EventView event_of(std::uint64_t version, std::string_view type, std::string_view data) {
    EventView event;
    event.position = {version};
    event.version = {version};
    event.type = type;
    event.data = data;
    return event;
}

/// The state after some lines, all of one package.
PackageState folded(const std::vector<std::string>& lines) {
    PackageState state;
    std::uint64_t number = 0;
    for (const auto& line : lines) {
        const auto parsed = parse_dpkg_line("2026-11-22 21:04:11 " + line);
        EXPECT_TRUE(state.apply(event_of(++number, parsed->type, parsed->payload)));
    }
    return state;
}

TEST(PackageState, follows_the_last_status) {
    const auto state =
        folded({"install htop:amd64 <none> 3.2", "status half-installed htop:amd64 3.2",
                "status unpacked htop:amd64 3.2", "configure htop:amd64 3.2 <none>",
                "status installed htop:amd64 3.2"});
    EXPECT_EQ(state.state, "installed");
    EXPECT_EQ(state.version, "3.2");
    EXPECT_TRUE(state.complete);
}

TEST(PackageState, is_incomplete_when_its_begin_is_missing) {
    EXPECT_FALSE(
        folded({"upgrade htop:amd64 3.1 3.2", "status installed htop:amd64 3.2"}).complete);
    EXPECT_FALSE(folded({"status installed htop:amd64 3.2", "install htop:amd64 1 2"}).complete);
}

TEST(PackageState, has_no_version_when_it_is_gone) {
    const auto state =
        folded({"purge htop:amd64 3.2 <none>", "status not-installed htop:amd64 <none>"});
    EXPECT_EQ(state.state, "not-installed");
    EXPECT_EQ(state.version, "");
}

TEST(PackageState, refuses_an_event_without_a_state) {
    PackageState state;
    EXPECT_FALSE(state.apply(event_of(1, status_changed, "{}")));
    EXPECT_FALSE(state.apply(event_of(1, status_changed, "no json")));
}

TEST(Installed, is_parsed_line_by_line) {
    const auto packages =
        parse_installed("a:amd64 1:2.3-4 installed\nb:all  not-installed\nrest\n");
    ASSERT_EQ(packages.size(), 2U);
    EXPECT_EQ(packages.at("a:amd64").version, "1:2.3-4");
    EXPECT_EQ(packages.at("a:amd64").state, "installed");
    EXPECT_EQ(packages.at("b:all").version, "");
}

PackageState state_of(const char* state, const char* version, bool complete,
                      std::uint64_t last = 1) {
    return {.state = state, .version = version, .complete = complete, .last = {last}};
}

TEST(Compare, counts_agreement_and_names_what_is_wrong) {
    const PackageStates states{{"gone:amd64", state_of("not-installed", "", true)},
                               {"good:amd64", state_of("installed", "1", true)},
                               {"half:amd64", state_of("unpacked", "1", true)},
                               {"old:amd64", state_of("installed", "1", false)},
                               {"purged:all", state_of("not-installed", "", true)}};
    const auto comparison = compare(states, {{"good:amd64", {"installed", "1"}},
                                             {"half:amd64", {"installed", "1"}},
                                             {"old:amd64", {"installed", "2"}},
                                             {"purged:all", {"not-installed", ""}},
                                             {"silent:all", {"installed", "1"}}});
    EXPECT_EQ(comparison.agree, 3U);
    EXPECT_EQ(comparison.wrong, std::vector<std::string>{
                                    "half:amd64: by its events unpacked 1, by dpkg installed 1"});
    EXPECT_EQ(comparison.incomplete.size(), 1U);
    EXPECT_EQ(comparison.not_in_log, 1U);
    EXPECT_EQ(comparison.compared(), 5U);
}

TEST(Compare, takes_a_package_that_changed_its_architecture_for_gone) {
    const InstalledPackages installed{{"doc:all", {"installed", "2"}}};
    EXPECT_EQ(compare({{"doc:all", state_of("installed", "2", true, 9)},
                       {"doc:amd64", state_of("installed", "1", true, 5)}},
                      installed)
                  .agree,
              2U);
    EXPECT_EQ(compare({{"doc:all", state_of("installed", "2", true, 5)},
                       {"doc:amd64", state_of("installed", "1", true, 9)}},
                      installed)
                  .wrong.size(),
              1U);
    EXPECT_EQ(compare({{"doc-base:all", state_of("installed", "2", true, 9)},
                       {"doc:amd64", state_of("installed", "1", true, 5)}},
                      installed)
                  .wrong.size(),
              2U);
}

TEST(GeneratedHistory, agrees_with_its_own_outcome) {
    const auto history = generate_history(1, 2000);
    EXPECT_GE(history.lines.size(), 2000U);
    EXPECT_EQ(generate_history(1, 2000).lines, history.lines);
    PackageStates states;
    std::map<std::string, std::uint64_t> versions;
    for (const auto& line : history.lines) {
        const auto parsed = parse_dpkg_line(line);
        ASSERT_TRUE(parsed) << line;
        if (parsed->stream == dpkg_stream) continue;
        const auto event = event_of(++versions[parsed->stream], parsed->type, parsed->payload);
        ASSERT_TRUE(states[parsed->stream].apply(event));
    }
    const auto comparison = compare(states, history.installed);
    EXPECT_EQ(comparison.agree, states.size());
    EXPECT_EQ(comparison.not_in_log, 0U);
}

}  // namespace
}  // namespace mainstem::cli
