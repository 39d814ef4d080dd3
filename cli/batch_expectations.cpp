// The arithmetic of expectations.
#include "cli/batch_expectations.hpp"

namespace mainstem::cli {
namespace {

constexpr WantedVersion any{};
constexpr WantedVersion none{.expect = Expect::none};
constexpr WantedVersion exists{.expect = Expect::exists};

/// What `wanted` after `events` more events says about the version before them; nullopt if no
/// version will do.
std::optional<WantedVersion> before_events(WantedVersion wanted, std::uint64_t events) {
    if (events == 0) return wanted;
    if (wanted == none) return std::nullopt;
    if (wanted == any || wanted == exists) return any;
    if (wanted.version.value < events) return std::nullopt;
    if (wanted.version.value == events) return none;
    return WantedVersion{.version = {wanted.version.value - events}};
}

/// Both at once; nullopt if no version will do.
std::optional<WantedVersion> both(WantedVersion one, WantedVersion other) {
    if (one == any || one == other) return other;
    if (other == any) return one;
    if (one == exists && other.version.value > 0) return other;
    if (other == exists && one.version.value > 0) return one;
    return std::nullopt;
}

}  // namespace

void BatchExpectations::narrow(Stream& stream, const Line& line) {
    const auto before = before_events(line.wanted, line.events_above);
    const auto narrowed = before ? both(stream.before, *before) : std::nullopt;
    if (narrowed) {
        stream.before = *narrowed;
    } else {
        stream.contradicted = true;
    }
}

void BatchExpectations::add(std::uint64_t line, const StreamId& stream, WantedVersion wanted) {
    auto& entry = streams_[stream];
    if (wanted != any) {
        entry.lines.push_back({line, wanted, entry.events});
        narrow(entry, entry.lines.back());
    }
    ++entry.events;
}

std::vector<Expectation> BatchExpectations::for_request() const {
    std::vector<Expectation> expectations;
    for (const auto& [name, stream] : streams_) {
        if (stream.before != any) expectations.push_back({name, stream.before.as_expected()});
    }
    return expectations;
}

std::optional<StreamId> BatchExpectations::contradiction() const {
    for (const auto& [name, stream] : streams_) {
        if (stream.contradicted) return name;
    }
    return std::nullopt;
}

std::optional<UnmetLine> BatchExpectations::first_unmet(const StreamId& stream,
                                                        Version before) const {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return std::nullopt;
    for (const auto& line : found->second.lines) {
        const Version version{before.value + line.events_above};
        if (!line.wanted.as_expected().met_by(version)) {
            return UnmetLine{.line = line.number, .wanted = line.wanted, .found = version};
        }
    }
    return std::nullopt;
}

}  // namespace mainstem::cli
