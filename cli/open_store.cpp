// Only append, import and demo open for writing: no other verb may make a store.
#include "cli/open_store.hpp"

#include <fmt/format.h>

#include <mainstem/store/append.hpp>

#include "cli/messages.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {
namespace {

OpenOptions options_for(const StoreArguments& arguments, OpenMode mode) {
    OpenOptions options;
    options.mode = mode;
    options.memory = arguments.memory;
    options.segment_size = arguments.segment_size;
    options.on_notice = [](std::string_view notice) { say(notice); };
    return options;
}

/// Says what to do about a store that is damaged.
Result<Store> opened(Result<Store> store) {
    if (store || store.error() != StoreError::damaged) return store;
    return Error{StoreError::damaged,
                 store.error().message() + "; mainstem verify names every damaged place"};
}

}  // namespace

Result<Store> open_for_writing(const StoreArguments& arguments, OpenMode mode) {
    return opened(Store::open(arguments.address, options_for(arguments, mode)));
}

Result<Store> open_for_reading(const StoreArguments& arguments, bool up_to_damage) {
    const std::string& address = arguments.address;
    if (address == "memory:") {
        return wrong_usage(
            "a memory store ends with the program that fills it; there is none to read");
    }
    auto options = options_for(arguments, OpenMode::read_only);
    options.up_to_damage = up_to_damage;
    auto store = Store::open(address, options);
    if (!store && store.error() == StoreError::not_found) return no_store(address);
    return opened(std::move(store));
}

Error no_store(const std::string& address) {
    return {
        StoreError::not_found,
        fmt::format("no store at {}; mainstem append or import creates one", in_quotes(address))};
}

}  // namespace mainstem::cli
