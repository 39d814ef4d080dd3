// Whether a read model is what the events make of it: they are folded again, and compared.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mainstem/projection/projection.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem {

/// A document that is not what it should be.
struct DocumentDifference {
    std::string collection;
    std::string id;
    std::string stored;    ///< its JSON; empty: it is not there
    std::string expected;  ///< what the events make of it; empty: it should not be there
    Position stored_version = {};
    Position expected_version = {};
};

struct VerifiedProjection {
    Position position;            ///< up to which it was compared
    std::uint64_t events = 0;     ///< that were folded
    std::uint64_t documents = 0;  ///< that were compared
    std::uint64_t different = 0;
    std::vector<DocumentDifference> differences = {};  ///< the first of them, at most 100
};

struct VerifyOptions {
    /// Told now and then how far it is; false ends it with ProjectionError::stopped.
    std::function<bool(Position at, Position end)> progress = {};
};

/// Folds the events up to the stored position into `scratch`, an empty model, and compares every
/// document with what is stored, byte for byte. Events that are set aside are left out; those that
/// were set aside and applied later may have come in another order. Takes the lead meanwhile.
/// Memory is constant if that of `scratch` is. Errors: ProjectionError::leads if a runner leads,
/// and those of store, model and fold.
Result<VerifiedProjection> verify_projection(const Store& store, const ReadModel& model,
                                             const Projection& projection, const ReadModel& scratch,
                                             const VerifyOptions& options = {});

}  // namespace mainstem
