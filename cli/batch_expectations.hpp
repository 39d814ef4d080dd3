// Expectations of single lines, turned into those of the request that the lines make together. A
// line says what its stream must look like just before it, the lines above it in the batch counted;
// a request says what a stream must look like before the whole batch. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mainstem/store/append.hpp>

#include "cli/expect_text.hpp"

namespace mainstem::cli {

/// A line whose expectation is not met.
struct UnmetLine {
    std::uint64_t line = 0;
    WantedVersion wanted;
    Version found;  ///< of the stream just before the line
};

class BatchExpectations {
public:
    /// The next line of the batch: an event for `stream`. O(log of the streams).
    void add(std::uint64_t line, const StreamId& stream, WantedVersion wanted);
    void clear() { streams_.clear(); }

    /// Expectations for the request, at most one for each stream. A stream whose lines contradict
    /// each other gets the one of its first line: the store's answer does not matter then.
    [[nodiscard]] std::vector<Expectation> for_request() const;

    /// A stream whose lines cannot all be met, whatever its version is.
    [[nodiscard]] std::optional<StreamId> contradiction() const;

    /// The first line for `stream` that is not met if the batch begins at version `before`.
    [[nodiscard]] std::optional<UnmetLine> first_unmet(const StreamId& stream,
                                                       Version before) const;

private:
    struct Line {
        std::uint64_t number = 0;
        WantedVersion wanted;
        std::uint64_t events_above = 0;  ///< of the batch, for the same stream
    };
    struct Stream {
        std::uint64_t events = 0;
        std::vector<Line> lines;  ///< those that expect something
        WantedVersion before;     ///< all of them together, for the begin of the batch
        bool contradicted = false;
    };

    static void narrow(Stream& stream, const Line& line);

    std::map<StreamId, Stream> streams_;
};

}  // namespace mainstem::cli
