// Any bytes as the file of a snapshot, as they are and under a checksum that holds: they are no
// snapshot, or one of what the store holds, which can be kept again and is then the same.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/core/assert.hpp>
#include <mainstem/core/clock.hpp>
#include <mainstem/memory/open.hpp>

#include "command/snapshot_folder.hpp"
#include "core/crc32c.hpp"
#include "support/bank.hpp"
#include "support/memory_file.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::command;

using Content = std::shared_ptr<support::MemoryFile>;

class SharedFile final : public File {
public:
    explicit SharedFile(Content content) : content_(std::move(content)) {}

    Result<std::size_t> read_at(std::span<std::byte> to, std::uint64_t offset) const override {
        return content_->read_at(to, offset);
    }
    Result<void> write_at(std::span<const ByteSpan> parts, std::uint64_t offset) override {
        return content_->write_at(parts, offset);
    }
    Result<void> flush() override { return {}; }
    [[nodiscard]] Result<std::uint64_t> size() const override { return content_->size(); }
    Result<void> resize(std::uint64_t size) override { return content_->resize(size); }
    Result<void> set_aside(std::uint64_t size) override { return content_->set_aside(size); }
    void start_write_back(std::uint64_t, std::uint64_t) noexcept override {}

private:
    Content content_;
};

/// Holds the one snapshot, whatever its name is, and what is being written to replace it.
class OneFileDisk final : public Disk {
public:
    void put(std::string_view text) {
        const auto bytes = std::as_bytes(std::span{text});
        file_ = std::make_shared<support::MemoryFile>(std::vector(bytes.begin(), bytes.end()));
    }

    Result<std::unique_ptr<File>> open(const std::string&, FileMode mode) override {
        if (mode != FileMode::create_new) return std::make_unique<SharedFile>(file_);
        written_ = std::make_shared<support::MemoryFile>();
        return std::make_unique<SharedFile>(written_);
    }
    Result<void> rename(const std::string&, const std::string&) override {
        file_ = std::move(written_);
        return {};
    }
    Result<void> remove(const std::string&) override { return {}; }
    Result<void> create_directory(const std::string&) override { return {}; }
    Result<void> flush_directory(const std::string&) override { return {}; }
    Result<std::unique_ptr<FileLock>> lock(const std::string&) override { return unused(); }
    Result<std::unique_ptr<DirectoryWatch>> watch(const std::string&) override { return unused(); }
    Result<std::vector<std::string>> list(const std::string&) override { return unused(); }

private:
    static Error unused() { return {DiskError::failed, "not asked for by snapshots"}; }

    Content file_;
    Content written_;
};

/// Two events for ada, one for bob, none for eve, with ids that the corpus knows.
Store filled_store() {
    Store store{open_memory_store(Clock::system())};
    std::array<std::uint8_t, 16> id{};
    for (const auto* stream : {"ada", "ada", "bob"}) {
        id.back() += 1;
        auto event = encode(bank::Opened{stream}).value();
        event.id = EventId{id};
        store.append(stream, std::move(event)).value();
    }
    return store;
}

struct Snapshots {
    Store store = filled_store();
    std::vector<StreamId> streams{"ada", "bob", "eve"};
    StateKey key{detail::state_type_of<bank::Balances, bank::Event>, streams};
    OneFileDisk disk;
    SnapshotFolder folder{disk, "snapshots"};
};

void check(std::string_view file) {
    static Snapshots snapshots;
    auto& [store, streams, key, disk, folder] = snapshots;
    disk.put(file);
    const auto state = folder.load(key, store);
    if (!state) return;
    constexpr std::array held{2U, 1U, 0U};
    for (std::size_t i = 0; i < held.size(); ++i) {
        MAINSTEM_ASSERT(state->versions.at(i).value <= held[i], "no event that is not there");
    }
    MAINSTEM_ASSERT(std::ranges::equal(state->streams, streams), "of the streams asked for");
    MAINSTEM_ASSERT(folder.save(*state, store), "a snapshot can be kept again");
    const auto again = folder.load(key, store);
    MAINSTEM_ASSERT(again != nullptr, "and is one then");
    const auto balances = [](const SharedState& of) -> const auto& {
        return static_cast<const bank::Balances*>(of->state.get())->of;
    };
    MAINSTEM_ASSERT(balances(again) == balances(state), "of the same state");
    MAINSTEM_ASSERT(again->versions == state->versions, "of the same versions");
    MAINSTEM_ASSERT(again->events == state->events, "of as many events");
}

/// What stands behind the first line of `file`, or all of it, behind a first line that is right.
std::string sealed(std::string_view file) {
    constexpr std::string_view magic = "mainstem snapshot 1 ";
    if (file.starts_with(magic)) file.remove_prefix(std::min(file.size(), magic.size() + 9));
    return fmt::format("{}{:08x}\n{}", magic, crc32c(0, file.data(), file.size()), file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file{reinterpret_cast<const char*>(data), size};
    check(file);
    check(sealed(file));
    return 0;
}
