// Who leads: a lock on one byte of a file for each projection, which the kernel gives back when
// its holder dies, however it does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <mainstem/core/result.hpp>
#include <mainstem/read_model/model_store.hpp>

namespace mainstem::sqlite {

/// A held lock.
class LeadLock {
public:
    /// Null: somebody else holds it, in this process or another.
    static Result<std::unique_ptr<LeadLock>> try_take(const std::string& path, std::int64_t byte);
    ~LeadLock();
    LeadLock(const LeadLock&) = delete;
    LeadLock& operator=(const LeadLock&) = delete;

private:
    explicit LeadLock(int file) : file_(file) {}
    int file_;
};

}  // namespace mainstem::sqlite
