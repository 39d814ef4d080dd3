// Any bytes as the payload of a typed event: what is read and written again reads back the same,
// and the quick reader says nothing but what the thorough one says.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/core/assert.hpp>
#include <mainstem/event/codec.hpp>

namespace {

using namespace mainstem;

enum class Colour : std::uint8_t { red, green };

struct Inner {
    int number = 0;
    std::string text = {};

    bool operator==(const Inner&) const = default;
};

/// A field of each kind, all of which must be there.
struct Whole {
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint32_t middle = 0;
    std::int64_t large = 0;
    std::uint64_t unsigned_large = 0;
    double real = 0;
    float short_real = 0;
    Colour colour = Colour::red;
    std::string text = {};
    StreamId stream = {};
    EventId id{};
    Timestamp time{};
    std::optional<int> maybe = {};
    std::vector<std::string> list = {};
    std::set<std::int16_t> set = {};
    std::map<std::string, Inner> map = {};
    std::vector<std::optional<bool>> flags = {};
    Inner inner = {};

    bool operator==(const Whole&) const = default;
};

/// The same kinds, each by itself.
struct Sparse {
    std::optional<bool> flag = {};
    std::optional<std::uint16_t> short_number = {};
    std::optional<std::int64_t> large = {};
    std::optional<std::uint64_t> unsigned_large = {};
    std::optional<double> real = {};
    std::optional<float> short_real = {};
    std::optional<Colour> colour = {};
    std::optional<std::string> text = {};
    std::optional<Tag> tag = {};
    std::optional<EventId> id = {};
    std::optional<Timestamp> time = {};
    std::optional<std::vector<double>> list = {};
    std::optional<std::set<std::string>> set = {};
    std::optional<std::map<std::string, std::vector<float>>> map = {};
    std::optional<Inner> inner = {};

    bool operator==(const Sparse&) const = default;
};

template <class T>
bool thorough(T& value, std::string_view text) {
    detail::JsonFault fault;
    const detail::JsonText parsed{text, fault};
    const bool fits = !parsed.root().absent() && detail::Json<T>::read(value, parsed.root(), fault);
    MAINSTEM_ASSERT(fits == fault.problem.empty(), "what does not fit has a reason");
    return fits;
}

template <class T>
bool quick(T& value, std::string_view text) {
    detail::JsonScan scan{text};
    return detail::Json<T>::scan(value, scan) && scan.at_end();
}

template <class T>
std::string written(const T& value) {
    std::string text;
    MAINSTEM_ASSERT(Codec<T>::encode(value, text).has_value(), "what was read can be written");
    return text;
}

template <class T>
void check_written(const T& value) {
    const auto text = written(value);
    T back;
    MAINSTEM_ASSERT(Codec<T>::decode(text, back).has_value(), "what was written can be read");
    MAINSTEM_ASSERT(back == value, "it reads back the same");
    T parsed;
    MAINSTEM_ASSERT(thorough(parsed, text) && parsed == value, "also by the thorough reader");
    T scanned;
    const bool escaped = text.contains('\\');
    MAINSTEM_ASSERT(escaped || quick(scanned, text), "the quick reader takes what we write");
}

template <class T>
void check(std::string_view text) {
    T parsed;
    const bool fits = thorough(parsed, text);
    T scanned;
    const bool taken = quick(scanned, text);
    MAINSTEM_ASSERT(fits || !taken, "the quick reader takes nothing that does not fit");
    MAINSTEM_ASSERT(!taken || scanned == parsed, "both say the same");
    T decoded;
    MAINSTEM_ASSERT(Codec<T>::decode(text, decoded).has_value() == fits, "so does the codec");
    if (!fits) return;
    MAINSTEM_ASSERT(decoded == parsed, "the codec says the same");
    check_written(decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check<Whole>(text);
    check<Sparse>(text);
    return 0;
}
