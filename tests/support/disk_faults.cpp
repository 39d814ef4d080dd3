#include "support/disk_faults.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mainstem::support {

std::string_view name(Operation kind) noexcept {
    constexpr std::array<std::string_view, operation_kinds> names{"open",
                                                                  "list",
                                                                  "read",
                                                                  "size",
                                                                  "lock",
                                                                  "create",
                                                                  "write",
                                                                  "flush",
                                                                  "resize",
                                                                  "set_aside",
                                                                  "start_write_back",
                                                                  "rename",
                                                                  "remove",
                                                                  "create_directory",
                                                                  "flush_directory"};
    return names[static_cast<std::size_t>(kind)];
}

void OperationLog::add(Operation kind, std::string_view path, std::uint64_t offset,
                       std::uint64_t length) {
    ++counts_[static_cast<std::size_t>(kind)];
    if (changes_disk(kind)) ++changes_;
    const std::size_t slot = total_++ % kept;
    if (slot == records_.size()) records_.emplace_back();
    OperationRecord& record = records_[slot];
    record.kind = kind;
    record.path.assign(path);
    record.offset = offset;
    record.length = length;
    record.outcome = "";
}

std::string OperationLog::text(std::size_t last) const {
    std::string text;
    const std::uint64_t lines = std::min<std::uint64_t>({last, kept, total_});
    for (std::uint64_t number = total_ - lines; number < total_; ++number) {
        const OperationRecord& record = records_[number % kept];
        text += fmt::format("{:6} {} {} at {} for {}{}{}\n", number + 1, name(record.kind),
                            record.path, record.offset, record.length,
                            record.outcome.empty() ? "" : ": ", record.outcome);
    }
    return text;
}

std::optional<DiskError> OperationLog::next_fault(Operation kind) {
    std::optional<DiskError> error;
    for (Fault& fault : faults_) {
        if (fault.kind ? *fault.kind != kind : !changes_disk(kind)) continue;
        if (!last().path.ends_with(fault.suffix)) continue;
        if (fault.at > 1) {
            --fault.at;
        } else if (fault.times > 0) {
            if (fault.times != for_ever) --fault.times;
            error = fault.error;
        }
    }
    if (error) ++failures_;
    return error;
}

}  // namespace mainstem::support
