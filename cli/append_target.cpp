// A store that is not there answers as an empty one does, which the memory store can be asked.
#include "cli/append_target.hpp"

#include "cli/open_store.hpp"

namespace mainstem::cli {

Result<AppendTarget> AppendTarget::open(const StoreArguments& arguments) {
    AppendTarget target{arguments};
    auto store = open_for_writing(arguments, OpenMode::existing);
    if (store) {
        target.store_ = std::move(*store);
    } else if (store.error() != StoreError::not_found) {
        return store.error();
    }
    return target;
}

Result<Appended> AppendTarget::append(const AppendRequest& request) {
    if (!store_) {
        if (auto made = make_for(request); !made) return made.error();
    }
    return store_->append(request);
}

Result<void> AppendTarget::make_for(const AppendRequest& request) {
    auto empty = Store::open("memory:");
    if (!empty) return empty.error();
    if (const auto taken = empty->append(request); !taken) return taken.error();
    auto store = open_for_writing(arguments_);
    if (!store) return store.error();
    store_ = std::move(*store);
    return {};
}

Result<Version> AppendTarget::version_of(const StreamId& stream) const {
    if (!store_) return Version{};
    const auto info = store_->stream_info(stream);
    if (!info) return info.error();
    return info->version;
}

}  // namespace mainstem::cli
