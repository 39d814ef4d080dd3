// Opening: for writing, for reading beside a writer, and what a second writer is told.
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

int main() {
    //! [existing]
    const auto missing = Store::open("orders", {.mode = OpenMode::existing});
    if (!missing && missing.error() == StoreError::not_found) {
        std::cout << missing.error() << '\n';
    }
    //! [existing]

    //! [options]
    OpenOptions options;
    options.segment_size = 64_MiB;
    options.on_notice = [](std::string_view line) { std::clog << line << '\n'; };  // repairs
    auto store = Store::open("orders", options).value();
    //! [options]

    const auto second = Store::open("orders");
    std::cout << second.error() << '\n';

    //! [beside]
    // In another process as a rule; it works in the same one, too.
    const auto reader = Store::open("orders", {.mode = OpenMode::read_only}).value();
    store.append("order-1", {"OrderPlaced"}).value();
    std::cout << "the reader sees position " << reader.head().value() << '\n';
    //! [beside]

    //! [buffered]
    const auto quick =
        store.append("order-1", {"OrderPaid"}, {.durability = Durability::buffered}).value();
    //! [buffered]
    std::cout << "buffered: version " << quick.version() << '\n';
}
