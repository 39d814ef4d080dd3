#include "support/name_images.hpp"

#include <algorithm>
#include <utility>

namespace mainstem::support {

namespace {

bool is_root(const std::string& path) { return path == "/" || path == "."; }

}  // namespace

std::string folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : std::string{path.substr(0, slash)};
}

std::string normal_path(std::string_view path) {
    std::string normal;
    for (const char c : path) {
        if (c != '/' || normal.empty() || normal.back() != '/') normal += c;
    }
    if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
    return normal.empty() ? "." : normal;
}

bool NameImages::is_directory(const std::string& path) const {
    const auto at = seen_.find(path);
    return is_root(path) || (at != seen_.end() && at->second == nullptr);
}

NameImages::Node NameImages::file(const std::string& path) const {
    const auto at = seen_.find(path);
    return at == seen_.end() ? nullptr : at->second;
}

std::vector<std::string> NameImages::list(const std::string& directory) const {
    std::vector<std::string> names;
    for (const auto& [path, node] : seen_) {
        if (folder_of(path) == directory) names.push_back(path.substr(path.rfind('/') + 1));
    }
    return names;
}

void NameImages::create(const std::string& path, Node node) {
    make({.from = {}, .to = path, .node = std::move(node)});
}

void NameImages::rename(const std::string& from, const std::string& to) {
    make({.from = from, .to = to, .node = seen_.at(from)});
}

void NameImages::remove(const std::string& path) {
    make({.from = path, .to = {}, .node = seen_.at(path)});
}

void NameImages::erase(const std::string& path) {
    seen_.erase(path);
    stored_.erase(path);
    std::erase_if(unflushed_, [&](const Change& change) { return change.to == path; });
}

void NameImages::flush(const std::string& directory) {
    std::erase_if(unflushed_, [&](const Change& change) {
        const bool inside = (!change.from.empty() && folder_of(change.from) == directory) ||
                            (!change.to.empty() && folder_of(change.to) == directory);
        if (inside) apply(change, stored_);
        return inside;
    });
}

void NameImages::power_cut(Random& random) {
    const std::uint64_t halves = random.below(3);
    for (const Change& change : unflushed_) {
        if (random.chance(halves, 2)) apply(change, stored_);
    }
    unflushed_.clear();
    // Folders sort before what is in them, so one pass removes whole branches.
    for (auto at = stored_.begin(); at != stored_.end();) {
        const std::string folder = folder_of(at->first);
        const auto parent = stored_.find(folder);
        const bool reachable =
            is_root(folder) || (parent != stored_.end() && parent->second == nullptr);
        at = reachable ? std::next(at) : stored_.erase(at);
    }
    for (const auto& [path, node] : stored_) {
        if (node) node->power_cut(random);
    }
    seen_ = stored_;
}

void NameImages::apply(const Change& change, Tree& tree) {
    const auto from = tree.find(change.from);
    if (from != tree.end() && from->second == change.node) tree.erase(from);
    if (!change.to.empty()) tree[change.to] = change.node;
}

void NameImages::make(Change change) {
    apply(change, seen_);
    unflushed_.push_back(std::move(change));
}

}  // namespace mainstem::support
