// Any bytes as HEAD, as they are and under a checksum that holds.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <mainstem/core/assert.hpp>

#include "log/header.hpp"

namespace {

using namespace mainstem;
using namespace mainstem::log;

void check(const std::vector<std::byte>& bytes) {
    HeadRecord head;
    const Verdict verdict = parse(ByteSpan{bytes}, head);
    if (verdict == Verdict::invalid) return;
    MAINSTEM_ASSERT(bytes.size() >= sizeof head, "a whole record");
    MAINSTEM_ASSERT(std::memcmp(&head, bytes.data(), sizeof head) == 0,
                    "the record that was there");
    const bool newer = head.version > format_version;
    MAINSTEM_ASSERT(newer == (verdict == Verdict::newer), "a newer version is told");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span{data, size});
    std::vector<std::byte> bytes{input.begin(), input.end()};
    check(bytes);
    if (bytes.size() < sizeof(HeadRecord)) return 0;
    auto head = load<HeadRecord>(bytes.data());
    head.magic = head_magic;
    seal(head);
    store(head, bytes.data());
    check(bytes);
    return 0;
}
