// One request for each batch.
#include "cli/import_batches.hpp"

namespace mainstem::cli {

void ImportBatches::add(StreamEvent entry) {
    bytes_ += entry.stream.view().size() + entry.event.type.size() + entry.event.data.size();
    events_.push_back(std::move(entry));
}

Result<void> ImportBatches::store(const ImportCheckpoint& progress) {
    AppendRequest request;
    // Two imports under one name cannot both go on from the same place.
    request.expect.push_back({progress_stream_, ExpectedVersion{progress_version_}});
    request.events = std::move(events_);
    request.events.push_back(
        {progress_stream_, {std::string{checkpoint_type}, encode_checkpoint(progress)}});
    const auto appended = store_->append_system(request);
    if (!appended) return appended.error();
    progress_version_ = progress_version_.next();
    events_.clear();
    bytes_ = 0;
    return {};
}

}  // namespace mainstem::cli
