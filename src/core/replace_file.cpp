// A new file takes the place of an old one at once, by its name.
#include "core/replace_file.hpp"

#include <memory>

namespace mainstem {

Result<void> replace_file(Disk& disk, const std::string& path,
                          const std::function<Result<void>(File& file)>& write) {
    const std::string temporary = path + ".new";
    static_cast<void>(disk.remove(temporary).has_value());
    auto file = disk.open(temporary, FileMode::create_new);
    if (!file) return file.error();
    auto done = write(**file);
    file->reset();
    if (done) done = disk.rename(temporary, path);
    if (!done) static_cast<void>(disk.remove(temporary).has_value());
    return done;
}

}  // namespace mainstem
