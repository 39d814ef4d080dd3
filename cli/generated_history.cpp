// Runs of an imaginary dpkg.
#include "cli/generated_history.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include <mainstem/core/random.hpp>
#include <mainstem/core/time_text.hpp>

#include "cli/dpkg_line.hpp"

namespace mainstem::cli {
namespace {

constexpr std::uint64_t package_count = 600;
constexpr std::uint64_t shared_share = 4;  // one package of so many has architecture `all`

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    GeneratedHistory run(std::size_t least_lines) && {
        while (history_.lines.size() < least_lines) run_dpkg();
        return std::move(history_);
    }

private:
    /// One run of dpkg does one thing to some packages.
    void run_dpkg() {
        time_ += std::chrono::seconds{1 + random_.below(20'000)};
        const bool removes = random_.chance(1, 8);
        add("startup", removes ? "packages remove" : "archives unpack");
        for (auto count = 1 + random_.below(12); count > 0; --count) {
            const auto package = any_package();
            time_ += std::chrono::seconds{random_.below(3)};
            const auto found = history_.installed.find(package);
            const bool is_installed =
                found != history_.installed.end() && found->second.state == "installed";
            if (removes && is_installed) {
                remove(package);
            } else if (!removes) {
                install(package, is_installed);
            }
        }
    }

    void install(const std::string& package, bool is_installed) {
        const auto version =
            fmt::format("{}.{}-{}", 1 + random_.below(9), random_.below(30), 1 + random_.below(4));
        const auto old_version =
            is_installed ? history_.installed[package].version : std::string{no_version};
        add(is_installed ? "upgrade" : "install",
            fmt::format("{} {} {}", package, old_version, version));
        set(package, "half-installed", is_installed ? old_version : version);
        set(package, "unpacked", version);
        add("configure", fmt::format("{} {} {}", package, version, no_version));
        set(package, "half-configured", version);
        set(package, "installed", version);
    }

    void remove(const std::string& package) {
        const auto version = history_.installed[package].version;
        add("remove", fmt::format("{} {} {}", package, version, no_version));
        set(package, "half-configured", version);
        set(package, "half-installed", version);
        set(package, "config-files", version);
        if (random_.chance(1, 2)) {
            add("purge", fmt::format("{} {} {}", package, version, no_version));
            set(package, "not-installed", no_version);
        }
    }

    void set(const std::string& package, const char* state, std::string_view version) {
        add("status", fmt::format("{} {} {}", state, package, version));
        history_.installed[package] = {
            .state = state,
            .version = version == no_version ? std::string{} : std::string{version}};
    }

    void add(std::string_view keyword, const std::string& rest) {
        const auto time = to_rfc3339(time_);
        history_.lines.push_back(
            fmt::format("{} {} {} {}", time.substr(0, 10), time.substr(11, 8), keyword, rest));
    }

    std::string any_package() {
        const auto number = random_.below(package_count);
        return fmt::format("package-{:03}:{}", number,
                           number % shared_share == 0 ? "all" : "amd64");
    }

    Random random_;
    GeneratedHistory history_;
    Timestamp time_{std::chrono::sys_days{std::chrono::year{2024} / 1 / 8}};
};

}  // namespace

GeneratedHistory generate_history(std::uint64_t seed, std::size_t least_lines) {
    return Generator{seed}.run(least_lines);
}

}  // namespace mainstem::cli
