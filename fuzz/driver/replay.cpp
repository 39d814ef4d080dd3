// Stands in for libFuzzer where the compiler has none: runs the fuzz target once for the empty
// input and once for each file that the arguments name, folders included. Any crash or failed
// assertion ends the process, so a corpus is a regression test for every compiler and sanitizer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

void replay(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(EXIT_FAILURE);
    }
    // Read to the exact size, so that the address sanitizer sees a read past the end.
    std::vector<char> read{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::uint8_t> bytes(read.begin(), read.end());
    bytes.shrink_to_fit();
    std::fprintf(stderr, "%s, %zu bytes\n", path.c_str(), bytes.size());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t replay_all(const fs::path& path) {
    if (!fs::is_directory(path)) {
        replay(path);
        return 1;
    }
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (!entry.is_regular_file()) continue;
        replay(entry.path());
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint8_t nothing = 0;
    LLVMFuzzerTestOneInput(&nothing, 0);
    std::size_t count = 1;
    for (int i = 1; i < argc; ++i) count += replay_all(argv[i]);
    std::printf("replayed %zu inputs\n", count);
    return EXIT_SUCCESS;
}
