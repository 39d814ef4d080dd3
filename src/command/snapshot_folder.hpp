// Snapshots of states as files, docs/formats/snapshot.md. They are never the truth: one that is
// missing, damaged, of another schema or of another store is no snapshot. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <mainstem/store/store.hpp>

#include "command/state_cache.hpp"
#include "core/disk.hpp"

namespace mainstem::command {

class SnapshotFolder {
public:
    SnapshotFolder(Disk& disk, std::string directory)
        : disk_(disk), directory_(std::move(directory)) {}

    /// The state that was saved last under this key, if it is one of what `store` holds: of each
    /// stream the last event that was folded must be there. nullptr: fold from the beginning.
    [[nodiscard]] SharedState load(const StateKey& key, const Store& store) const;

    /// Saves a state of named type. False if it could not; nothing is lost by that.
    bool save(const FoldedState& state, const Store& store) const;

private:
    [[nodiscard]] std::string path_of(const StateKey& key) const;
    [[nodiscard]] SharedState load_if_right(const StateKey& key, const Store& store) const;

    Disk& disk_;
    std::string directory_;
};

}  // namespace mainstem::command
