// Keeps those who wait on a store that is open for reading up with a writer in another process: a
// thread that sleeps until the store's directory changes, and then looks at it.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <mainstem/store/watch.hpp>

#include "core/disk.hpp"

namespace mainstem::log {

class FollowerThread {
public:
    /// `look` takes in what the writer has made durable, and answers the last position; it is
    /// called on the thread after each change. What fails ends `watch`, and the thread.
    FollowerThread(std::unique_ptr<DirectoryWatch> changes, std::shared_ptr<Watch> watch,
                   std::function<Result<Position>()> look);
    /// Returns when the thread has ended.
    ~FollowerThread();
    FollowerThread(const FollowerThread&) = delete;
    FollowerThread& operator=(const FollowerThread&) = delete;

private:
    void run();

    std::unique_ptr<DirectoryWatch> changes_;
    std::shared_ptr<Watch> watch_;
    std::function<Result<Position>()> look_;
    std::thread thread_;
};

}  // namespace mainstem::log
