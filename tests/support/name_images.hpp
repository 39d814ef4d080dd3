// The names of a simulated disk: what processes see beside what is on the disk.
//
// Invariants:
// - A created, renamed or removed name is on the disk after the flush of its directory. Until then
//   a power cut keeps or undoes each such change on its own; a rename is never half done.
// - A name whose directory did not last is gone with it, flushed or not.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/random.hpp>

#include "support/file_images.hpp"

namespace mainstem::support {

/// The folder that a path is in: `/` for `/a`, `.` for `a`.
[[nodiscard]] std::string folder_of(std::string_view path);
/// Without slashes at the end and without doubled ones.
[[nodiscard]] std::string normal_path(std::string_view path);

/// Not thread-safe: SimulatedDisk guards it. Paths are normal ones.
class NameImages {
public:
    /// Null for a directory.
    using Node = std::shared_ptr<FileImages>;
    using Tree = std::map<std::string, Node>;

    [[nodiscard]] const Tree& seen() const noexcept { return seen_; }
    [[nodiscard]] bool is_directory(const std::string& path) const;
    /// Null if there is no such file.
    [[nodiscard]] Node file(const std::string& path) const;
    [[nodiscard]] std::vector<std::string> list(const std::string& directory) const;

    void create(const std::string& path, Node node);
    /// `from` must exist.
    void rename(const std::string& from, const std::string& to);
    void remove(const std::string& path);
    /// As `remove`, on the disk at once.
    void erase(const std::string& path);

    void flush(const std::string& directory);
    /// Decides about the changes that were not flushed, then about each file that is left.
    void power_cut(Random& random);

private:
    /// A creation has no `from`, a removal no `to`.
    struct Change {
        std::string from;
        std::string to;
        Node node;
    };

    static void apply(const Change& change, Tree& tree);
    void make(Change change);

    Tree seen_;
    Tree stored_;
    std::vector<Change> unflushed_;
};

}  // namespace mainstem::support
