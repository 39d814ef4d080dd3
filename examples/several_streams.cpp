// One append to several streams, all or nothing: an item moves from one shelf to another while the
// warehouse is not closing. Somebody else is quicker, so the first attempt is a conflict.
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

//! [request]
/// Takes an item from shelf-1 and puts it on shelf-2, if both are as they were seen and there is no
/// stream `closing`, which is only checked.
AppendRequest move_item(Version shelf_1, Version shelf_2) {
    return {.expect = {{"shelf-1", shelf_1}, {"shelf-2", shelf_2}, {"closing", Expect::none}},
            .events = {{"shelf-1", {"ItemTaken"}}, {"shelf-2", {"ItemPut"}}}};
}
//! [request]

Version version_of(const Store& store, const StreamId& stream) {
    return store.stream_info(stream).value().version;
}

}  // namespace

int main() {
    auto store = Store::open("warehouse").value();
    store.append("shelf-1", NewEvents{{"ItemPut"}, {"ItemPut"}}).value();

    // What this program decides on, and what another one does before it acts.
    const auto seen = move_item(version_of(store, "shelf-1"), version_of(store, "shelf-2"));
    store.append("shelf-1", {"ItemTaken"}, {.expect = Version{2}}).value();

    //! [conflict]
    auto moved = store.append(seen);
    if (!moved && moved.error() == StoreError::conflict) {
        std::cout << moved.error() << '\n';
        // Nothing was written. Look again, decide again, append again.
        moved = store.append(move_item(version_of(store, "shelf-1"), version_of(store, "shelf-2")));
    }
    //! [conflict]

    std::cout << "positions " << moved->first << " to " << moved->position << '\n';
    for (const auto& [stream, version] : moved->versions) {
        std::cout << stream << " is at version " << version << '\n';
    }
}
