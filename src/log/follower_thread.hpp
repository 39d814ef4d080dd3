// Keeps those who wait on a store that is open for reading up with a writer in another process: a
// thread that sleeps until the store's directory changes, and then looks at it.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <mainstem/store/watch.hpp>

#include "core/disk.hpp"
#include "log/directory.hpp"

namespace mainstem::log {

class FollowerThread {
public:
    /// `head` takes in what the writer has made durable, and tells the last position. Until `stop`
    /// it is called on the thread. Errors: io.
    static Result<std::unique_ptr<FollowerThread>> start(Disk& disk, const Directory& directory,
                                                         std::shared_ptr<Watch> watch,
                                                         std::function<Result<Position>()> head);
    ~FollowerThread() { stop(); }
    FollowerThread(const FollowerThread&) = delete;
    FollowerThread& operator=(const FollowerThread&) = delete;

    /// Returns when the thread has ended. Once, or by one thread.
    void stop() noexcept;

private:
    FollowerThread(std::unique_ptr<DirectoryWatch> changes, std::shared_ptr<Watch> watch,
                   std::function<Result<Position>()> head);
    /// False: those who wait were told of an end.
    bool look();
    void run();

    std::unique_ptr<DirectoryWatch> changes_;
    std::shared_ptr<Watch> watch_;
    std::function<Result<Position>()> head_;
    std::thread thread_;
};

}  // namespace mainstem::log
