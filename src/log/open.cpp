// The public entrance: options to configuration.
#include <mainstem/log/open.hpp>

#include "log/log_store.hpp"

namespace mainstem {

Result<std::shared_ptr<EventStore>> open_log_store(const std::string& directory,
                                                   const OpenOptions& options) {
    log::LogConfig config;
    config.mode = options.mode;
    config.segment_size = options.segment_size;
    config.up_to_damage = options.up_to_damage;
    config.memory = options.memory;
    config.disk = &Disk::posix();
    config.clock = options.clock == nullptr ? &Clock::system() : options.clock;
    config.on_notice = options.on_notice;
    auto store = log::LogStore::open(directory, config);
    if (!store) return store.error();
    return std::shared_ptr<EventStore>{*std::move(store)};
}

}  // namespace mainstem
