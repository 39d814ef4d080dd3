// What the program says about itself, and wrong usage: exit code 2 and one line that helps.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "support/child_program.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::support {
namespace {

using Arguments = std::vector<std::string>;

const std::vector<std::string> verbs{"append", "bench",      "collection", "demo", "import",
                                     "index",  "projection", "query",      "read", "streams",
                                     "stats",  "tail",       "verify"};

/// Expects code 2 and one line on stderr that has `text` in it.
void expect_wrong_usage(const Arguments& arguments, std::string_view text) {
    const auto ended = run_program(arguments);
    const auto shown = testing::PrintToString(arguments);
    EXPECT_EQ(ended.code, 2) << shown;
    EXPECT_EQ(ended.out, "") << shown;
    EXPECT_TRUE(ended.err.starts_with("mainstem: ")) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(ended.err.contains(text)) << ended.err;
}

TEST(CliUsage, shows_help_for_each_verb_with_an_example) {
    for (const auto& verb : verbs) {
        const auto ended = run_program({verb, "--help"});
        EXPECT_EQ(ended.code, 0) << verb;
        EXPECT_TRUE(ended.out.contains("Example:\n  mainstem " + verb)) << ended.out;
        EXPECT_EQ(ended.err, "") << verb;
    }
}

TEST(CliUsage, tells_in_the_help_what_each_flag_takes_and_its_default) {
    std::vector<Arguments> all{{"bench", "append", "--help"},
                               {"bench", "read", "--help"},
                               {"projection", "run", "--help"},
                               {"projection", "rebuild", "--help"},
                               {"projection", "dead-letters", "--help"},
                               {"collection", "describe", "--help"}};
    for (const auto& verb : verbs) all.push_back({verb, "--help"});
    for (const auto& arguments : all) {
        const auto help = run_program(arguments).out;
        const auto shown = testing::PrintToString(arguments) + '\n' + help;
        for (std::size_t at = 0; at < help.size(); at = help.find('\n', at) + 1) {
            EXPECT_LE(help.find('\n', at) - at, 100U) << shown;
        }
        // Each number has a default, and each flag its description.
        for (std::size_t at = 0; (at = help.find(" N  ", at)) != std::string::npos; ++at) {
            const auto next = std::min(help.find("\n  --", at), help.size());
            EXPECT_TRUE(help.substr(at, next - at).contains("default:")) << shown;
        }
        // `verify` reads files, it opens no store.
        const bool opens = help.contains("\n  --store ") && arguments[0] != "verify";
        EXPECT_EQ(opens, help.contains("--memory SIZE")) << shown;
        const bool has_durability = help.contains("--durability");
        EXPECT_EQ(has_durability, help.contains("--durability flushed|buffered\n")) << shown;
        const bool has_verbs = help.contains("\nVerbs:\n");
        EXPECT_EQ(has_verbs, !help.contains("--format table|jsonl")) << shown;
    }
}

TEST(CliUsage, lists_the_verbs) {
    const auto ended = run_program({"--help"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(ended.out.contains("\nVerbs:\n")) << ended.out;
    for (const auto& verb : verbs) EXPECT_TRUE(ended.out.contains("\n  " + verb)) << ended.out;
}

TEST(CliUsage, tells_its_version) {
    const auto ended = run_program({"--version"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(ended.out.starts_with("mainstem 0.")) << ended.out;
}

TEST(CliUsage, shows_help_on_stderr_when_nothing_is_asked) {
    const auto ended = run_program({});
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.contains("append"));
}

TEST(CliUsage, knows_its_verbs_and_flags) {
    expect_wrong_usage({"raed"},
                       "\"raed\" is no verb, perhaps read is meant; the verbs are append");
    expect_wrong_usage({"read\n"}, "\"read\\n\" is no verb");
    expect_wrong_usage({"read", "--stor", "x"}, "read does not take \"--stor\", perhaps --store");
    expect_wrong_usage({"read", "--store", "x", "--limit=1", "more"},
                       "read does not take \"more\"");
    expect_wrong_usage({"bench", "wirte"}, "\"wirte\" is no verb");
    expect_wrong_usage({"bench"}, "bench needs a verb");
    expect_wrong_usage({"bench", "append", "--client", "1"},
                       "bench append does not take \"--client\", perhaps --clients");
    expect_wrong_usage({"--verbose"}, "mainstem does not take \"--verbose\"");
}

TEST(CliUsage, knows_what_each_flag_takes) {
    expect_wrong_usage({"read"}, "--store is required");
    expect_wrong_usage({"read", "--store"}, "--store");
    expect_wrong_usage({"append"}, "`mainstem append --help`");
    expect_wrong_usage({"bench", "append"}, "`mainstem bench append --help`");
    expect_wrong_usage({"read", "--store", "a", "--store", "b"}, "--store can be given only once");
    expect_wrong_usage({"read", "--store", "x", "--limit", "ten"}, "--limit cannot be \"ten\"");
    expect_wrong_usage({"read", "--store", "x", "--limit", "-1"}, "--limit cannot be \"-1\"");
    expect_wrong_usage({"read", "--store", "x", "--from", "0"}, "at least 1");
    expect_wrong_usage({"read", "--store", "x", "--from", "0x1"}, "--from cannot be");
    expect_wrong_usage({"read", "--store", "x", "--format", "xml"}, "it takes table or jsonl");
    expect_wrong_usage({"append", "--store", "x", "--expect", "maybe"}, "any, none, exists");
    expect_wrong_usage({"read", "--store", "x", "--memory", "64MB"},
                       "--memory cannot be \"64MB\"; it takes a size, such as 0, 64MiB or 1GiB");
    expect_wrong_usage({"append", "--store", "x", "--durability", "eternal"},
                       "flushed or buffered");
    expect_wrong_usage({"import", "f.csv", "--store", "x", "--sort", "name"}, "it takes time");
    expect_wrong_usage({"import", "f.csv", "--store", "x", "--batch", "0"}, "from 1 to");
    expect_wrong_usage({"import", "--store", "x"}, "FILE is required");
}

TEST(CliUsage, knows_which_flags_go_together) {
    expect_wrong_usage({"append", "--store", "x"}, "--stream and --type, or --from");
    expect_wrong_usage({"append", "--store", "x", "--from", "f", "--data", "1"}, "leave out");
    expect_wrong_usage({"import", "-", "--store", "x"}, "--source NAME");
    expect_wrong_usage({"import", "f", "--store", "x", "--stream", "s"}, "go together");
    expect_wrong_usage({"import", "f", "--store", "x", "--time", "t"}, "need --stream and --type");
    expect_wrong_usage(
        {"import", "f", "--store", "x", "--stream", "s", "--type", "t", "--sort", "time"},
        "--sort time needs --time");
    expect_wrong_usage({"import", "f", "--store", "x", "--stream-prefix", "$a"}, "the system's");
    for (const auto* const verb : {"read", "streams", "stats", "tail"}) {
        expect_wrong_usage({verb, "--store", "memory:"}, "there is none to read");
    }
}

TEST(CliUsage, knows_which_addresses_can_name_a_store) {
    const std::vector<Arguments> all{
        {"append", "--stream", "s", "--type", "T"},
        {"import", "f", "--stream", "s", "--type", "t"},
        {"read"},
        {"streams"},
        {"stats"},
        {"tail"},
        {"verify"},
        {"index", "status"},
        {"index", "rebuild"},
        {"bench", "append"},
        {"bench", "read"},
        {"demo"},
    };
    for (const auto& arguments : all) {
        const auto expect_bad = [&](const std::string& address, std::string_view text) {
            auto with_store = arguments;
            with_store.insert(with_store.end(), {"--store", address});
            expect_wrong_usage(with_store, text);
        };
        expect_bad("", "--store: the address is empty; give a directory");
        expect_bad("file:", "--store: the directory is empty");
        expect_bad("memory:x", "--store: a memory store has no name");
        expect_bad("postgresql://u:secret@host",
                   "--store: postgresql: addresses are not supported");
    }
    for (const auto& arguments :
         {Arguments{"verify"}, Arguments{"demo"}, Arguments{"bench", "append"}}) {
        auto in_memory = arguments;
        in_memory.insert(in_memory.end(), {"--store", "memory:"});
        expect_wrong_usage(in_memory, "--store: a memory store ends with the program");
    }
}

TEST(CliUsage, creates_a_store_by_append_and_import_only) {
    const TemporaryFolder folder;
    for (const auto& verb : {"read", "streams", "stats", "tail", "verify"}) {
        const auto ended = run_program({verb, "--store", folder.path("none")});
        EXPECT_EQ(ended.code, 1) << verb;
        EXPECT_EQ(ended.err, "mainstem: no store at \"" + folder.path("none") +
                                 "\"; mainstem append or import creates one\n");
        EXPECT_FALSE(std::filesystem::exists(folder.path("none"))) << verb;
    }
    const auto wrong = run_program({"import", folder.path("missing.csv"), "--store",
                                    folder.path("none"), "--stream", "a", "--type", "b"});
    EXPECT_EQ(wrong.code, 1);
    EXPECT_FALSE(std::filesystem::exists(folder.path("none")));
    EXPECT_EQ(run_program({"append", "--store", folder.path("none"), "--from", "missing"}).code, 1);
    EXPECT_FALSE(std::filesystem::exists(folder.path("none")));
}

TEST(CliUsage, says_what_to_do) {
    const TemporaryFolder folder;
    std::ofstream{folder.path("file")} << "text";
    const auto message = [&](Arguments arguments, std::string_view input = {}) {
        const auto ended = run_program(std::move(arguments), input, {.folder = folder.path()});
        EXPECT_TRUE(ended.err.ends_with('\n')) << ended.err;
        EXPECT_EQ(std::ranges::count(ended.err, '\n'), input.empty() ? 1 : 2) << ended.err;
        EXPECT_EQ(ended.code, 1) << ended.err;
        return ended.err;
    };
    for (const auto* const verb : {"read", "streams", "stats", "tail", "verify"}) {
        const auto said = message({verb, "--store", "file"});
        EXPECT_TRUE(said.contains("is a file and no directory")) << said;
    }
    const auto appended = message({"append", "--store", "file", "--stream", "s", "--type", "T"});
    EXPECT_TRUE(appended.contains("is a file and no directory")) << appended;
    const auto deep = message({"append", "--store", "no/such", "--stream", "s", "--type", "T"});
    EXPECT_TRUE(deep.contains("make the one above it first")) << deep;
    const auto missing = message({"append", "--store", "x", "--from", "missing"});
    EXPECT_TRUE(missing.contains("check its name, or give - for standard input")) << missing;
    const auto folder_given = message({"append", "--store", "x", "--from", "."});
    EXPECT_TRUE(folder_given.contains("name a file in it")) << folder_given;
    const auto aside = message({"import", "-", "--store", "bad", "--stream", "s", "--type", "t",
                                "--source", "n", "--bad-rows", "file/bad"},
                               "s,t\n,\n");
    EXPECT_TRUE(aside.contains("file/bad\": Not a directory; a part of that path")) << aside;
    const auto named = message({"import", "file", "--store", "x", "--stream", "s", "--type", "t",
                                "--source", std::string(300, 'n')});
    EXPECT_TRUE(named.contains("a shorter one")) << named;
    const auto metadata =
        message({"append", "--store", "x", "--stream", "s", "--type", "T", "--metadata", "[]"});
    EXPECT_EQ(metadata, "mainstem: --metadata: no JSON object\n");
}

TEST(CliUsage, explains_what_is_no_store) {
    const TemporaryFolder folder;
    std::ofstream{folder.path("file")} << "text";
    const auto ended =
        run_program({"append", "--store", folder.path("file"), "--stream", "s", "--type", "T"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
}

}  // namespace
}  // namespace mainstem::support
