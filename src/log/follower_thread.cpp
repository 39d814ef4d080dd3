// Sleeping and looking.
#include "log/follower_thread.hpp"

#include <utility>

#include <mainstem/store/append.hpp>

namespace mainstem::log {

Result<std::unique_ptr<FollowerThread>> FollowerThread::start(
    Disk& disk, const Directory& directory, std::shared_ptr<Watch> watch,
    std::function<Result<Position>()> head) {
    auto changes = disk.watch(directory.path());
    if (!changes) return store_error(changes.error());
    std::unique_ptr<FollowerThread> follower{
        new FollowerThread{*std::move(changes), std::move(watch), std::move(head)}};
    // From here on changes are seen: what is there now is told before anybody waits.
    if (follower->look()) follower->thread_ = std::thread{[f = follower.get()] { f->run(); }};
    return follower;
}

FollowerThread::FollowerThread(std::unique_ptr<DirectoryWatch> changes,
                               std::shared_ptr<Watch> watch, std::function<Result<Position>()> head)
    : changes_(std::move(changes)), watch_(std::move(watch)), head_(std::move(head)) {}

bool FollowerThread::look() {
    const auto head = head_();
    if (!head) {
        watch_->end(head.error());
        return false;
    }
    watch_->advance(*head);
    return true;
}

void FollowerThread::run() {
    for (;;) {
        const auto changed = changes_->wait();
        if (!changed) return watch_->end(store_error(changed.error()));
        if (!*changed || !look()) return;
    }
}

void FollowerThread::stop() noexcept {
    changes_->stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace mainstem::log
