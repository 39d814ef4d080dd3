// A snapshot of format version 1, byte for byte, under its name. See tests/golden/README.md for
// what to do when it differs.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/store/store.hpp>

#include "command/snapshot_folder.hpp"
#include "support/bank.hpp"
#include "support/paths.hpp"
#include "support/temporary_folder.hpp"
#include "unit/log/hex_dump.hpp"

namespace mainstem::command {
namespace {

namespace fs = std::filesystem;
using bank::Balances;
using bank::Money;

const std::map<std::string, Money> golden_money{{"ada", 40}, {"str\xC3\xB6m", -7}};
const std::string golden_name = "e1/ae44e91f19e1fb.snapshot";

class GoldenSnapshot : public ::testing::Test {
protected:
    GoldenSnapshot() {
        append("ada", "0191a5b0-0000-7000-8000-000000000001");
        append("ada", "0191a5b0-0000-7000-8000-000000000002");
        append("str\xC3\xB6m", "f47ac10b-58cc-4372-a567-0e02b2c3d479");
    }
    void append(const std::string& stream, const char* id) {
        NewEvent event{"Something", "{}"};
        event.id = EventId::parse(id).value();
        store_.append(stream, event).value();
    }
    FoldedState golden_state() const {
        FoldedState state{key_};
        static_cast<Balances*>(state.state.get())->of = golden_money;
        state.versions = {Version{2}, Version{0}, Version{1}};
        state.events = 3;
        return state;
    }
    static fs::path golden_file() {
        return support::source_folder() / "tests/golden/snapshot_v1.hex";
    }
    static std::string content(const fs::path& path) {
        std::ifstream file{path, std::ios::binary};
        EXPECT_TRUE(file) << path;
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    support::TemporaryFolder folder_;
    Store store_ = Store::open("memory:").value();
    /// Sorted, as an execution has them; of "none" there is no event.
    std::vector<StreamId> streams_{"ada", "none", "str\xC3\xB6m"};
    StateKey key_{detail::state_type_of<Balances, bank::Event>, streams_};
    SnapshotFolder snapshots_{Disk::posix(), folder_.path()};
};

TEST_F(GoldenSnapshot, is_what_is_written_today) {
    ASSERT_TRUE(snapshots_.save(golden_state(), store_));
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
        if (!entry.is_regular_file()) continue;
        names.push_back(fs::relative(entry.path(), folder_.path()).string());
    }
    ASSERT_EQ(names, std::vector{golden_name});
    const auto written = log::hex_dump(content(folder_.path(golden_name)));
    if (std::getenv("MAINSTEM_WRITE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        std::ofstream{golden_file(), std::ios::binary} << written;
    }
    EXPECT_EQ(written, content(golden_file()));
}

TEST_F(GoldenSnapshot, is_read_today) {
    const auto bytes = log::bytes_of_dump(content(golden_file()));
    ASSERT_TRUE(bytes);
    const fs::path path = folder_.path(golden_name);
    fs::create_directory(path.parent_path());
    std::ofstream{path, std::ios::binary} << *bytes;
    const auto state = snapshots_.load(key_, store_);
    ASSERT_NE(state, nullptr);
    EXPECT_EQ(static_cast<const Balances*>(state->state.get())->of, golden_money);
    EXPECT_EQ(state->versions, golden_state().versions);
    EXPECT_EQ(state->events, 3U);
    EXPECT_EQ(state->saved_at, 3U);
}

}  // namespace
}  // namespace mainstem::command
