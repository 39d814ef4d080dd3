// Reading: forward, backward, in pages, in the global order, and errors as elements.
#include <iostream>
#include <string>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

void fill(Store& store) {
    for (int day = 1; day <= 4; ++day) {
        const auto reading = std::to_string(10 + day);
        store.append("thermometer-1", {"Measured", reading}).value();
        if (day % 2 == 0) store.append("thermometer-2", {"Measured", reading}).value();
    }
}

void print(const EventView& event) {
    std::cout << "  " << event.position << ' ' << event.stream << ' ' << event.version << ": "
              << event.data << '\n';
}

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    fill(store);

    std::cout << "a stream, from version 2\n";
    //! [forward]
    for (const auto& event : store.read("thermometer-1", {.from = Version{2}})) {
        if (!event) {  // a disk that cannot be read, say: the last element, never a silent end
            std::cerr << event.error() << '\n';
            return 1;
        }
        print(*event);
    }
    //! [forward]

    std::cout << "its last two events, the latest first\n";
    //! [backward]
    auto latest = store.read("thermometer-1", {.limit = 2, .direction = Direction::backward});
    for (const auto& event : latest) print(*event);
    //! [backward]

    std::cout << "everything, in the global order, two at a time\n";
    //! [paging]
    Position next{1};
    for (std::size_t count = 2; count == 2;) {
        count = 0;
        for (const auto& event : store.read_all({.from = next, .limit = 2})) {
            print(*event);
            next = event->position.next();  // keep it to go on from here, in another process too
            ++count;
        }
        std::cout << "  --\n";
    }
    //! [paging]

    std::cout << "kept beyond the loop\n";
    //! [owned]
    std::vector<Event> kept;
    for (const auto& event : store.read("thermometer-2")) kept.push_back(event->to_owned());
    //! [owned]
    for (const Event& event : kept) std::cout << "  " << event.stream << ": " << event.data << '\n';

    std::cout << "streams\n";
    //! [streams]
    const auto streams = store.streams("thermometer-").value();
    for (const auto& info : streams) {
        std::cout << "  " << info.stream << " is at version " << info.version << '\n';
    }
    //! [streams]

    std::cout << "what cannot be read\n";
    for (const auto& event : store.read_all({.from = Position{100}})) {
        if (!event) std::cout << "  " << event.error() << '\n';
    }
}
