// A payload in bytes of one's own, for what comes by the million: eight bytes instead of JSON.
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

struct Measured {
    static constexpr auto event_type = "Measured";
    std::uint32_t sensor = 0;
    float celsius = 0;
};

//! [codec]
template <>
struct mainstem::Codec<Measured> {
    using Layout = std::array<std::uint32_t, 2>;  // of this machine, which must be little-endian
    static_assert(std::endian::native == std::endian::little);

    // Stored with each event; what is stored otherwise is refused when it is read.
    static constexpr std::string_view content_type = "application/x-measured";

    static Result<void> encode(const Measured& event, std::string& data) {
        const Layout layout{event.sensor, std::bit_cast<std::uint32_t>(event.celsius)};
        data.append(reinterpret_cast<const char*>(&layout), sizeof(layout));
        return {};
    }

    static Result<void> decode(std::string_view data, Measured& event) {
        Layout layout;
        if (data.size() != sizeof(layout)) {
            return Error{EventError::bad_payload,
                         "expected 8 bytes, found " + std::to_string(data.size())};
        }
        std::memcpy(&layout, data.data(), sizeof(layout));
        event = {layout[0], std::bit_cast<float>(layout[1])};
        return {};
    }
};
//! [codec]

int main() {
    auto store = Store::open("cellar").value();
    store.append("sensor-7", Measured{7, 12.5F}).value();
    store.append("sensor-7", Measured{7, 12.75F}).value();
    store
        .append("sensor-7",
                {.type = "Measured", .data = "short", .content_type = "application/x-measured"})
        .value();

    for (const auto& entry : read_as<Measured>(store.read("sensor-7"))) {
        if (entry) {
            std::cout << entry->event.sensor << ": " << entry->event.celsius << " degrees, "
                      << entry->view.data.size() << " bytes of " << entry->view.content_type
                      << '\n';
        } else {
            std::cout << entry.error() << '\n';
        }
    }
}
