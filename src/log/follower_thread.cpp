// Sleeping and looking.
#include "log/follower_thread.hpp"

#include <utility>

#include "log/directory.hpp"

namespace mainstem::log {

FollowerThread::FollowerThread(std::unique_ptr<DirectoryWatch> changes,
                               std::shared_ptr<Watch> watch, std::function<Result<Position>()> look)
    : changes_(std::move(changes)),
      watch_(std::move(watch)),
      look_(std::move(look)),
      thread_([this] { run(); }) {}

FollowerThread::~FollowerThread() {
    changes_->stop();
    thread_.join();
}

void FollowerThread::run() {
    for (;;) {
        const auto changed = changes_->wait();
        if (!changed) return watch_->end(store_error(changed.error()));
        if (!*changed) return;
        const auto head = look_();
        if (!head) return watch_->end(head.error());
        watch_->advance(*head);
    }
}

}  // namespace mainstem::log
