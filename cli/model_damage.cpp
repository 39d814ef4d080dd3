// The words for it.
#include "cli/model_damage.hpp"

#include <mainstem/read_model/read_model_error.hpp>

namespace mainstem::cli {

bool tells_of_damage(std::string_view message) {
    return message.contains("database disk image is malformed") ||
           message.contains("file is not a database");
}

std::string with_remedy(const Error& error) {
    std::string message{error.message()};
    if (error == ReadModelError::damaged && tells_of_damage(message)) {
        message +=
            "; no event is lost: end what runs its projections, remove the file with its -wal, "
            "-shm and -lead files, and run the projections again";
    }
    return message;
}

}  // namespace mainstem::cli
