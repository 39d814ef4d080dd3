// Sums that do not depend on the order in which they are made, so that every backend answers alike.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <mainstem/query/filter.hpp>

#include "query/values.hpp"

namespace mainstem::query {

/// A sum of doubles without rounding: parts that do not overlap, as Jonathan Shewchuk describes
/// them ("Adaptive Precision Floating-Point Arithmetic", 1997) and Python's fsum keeps them. The
/// wider type has room for the sum of more doubles than there can be, and for integers of 64 bits.
class ExactSum {
public:
    using Wide = long double;
    static_assert(std::numeric_limits<Wide>::digits >= 64);

    void add(Wide number);
    /// Rounded once.
    [[nodiscard]] Wide total() const;

private:
    std::vector<Wide> parts_;  ///< ascending
};

/// The sum and the average of numbers.
class NumberSum {
public:
    /// What is no number is passed over.
    void add(const ValueView& value);
    /// An integer if all are; null of none; nothing if no number of its kind can hold it.
    [[nodiscard]] std::optional<FieldValue> sum() const;
    /// A double; null of none.
    [[nodiscard]] FieldValue average() const;

private:
    __extension__ using Integer = __int128;  // no sum of fewer than 2^64 integers overflows it

    [[nodiscard]] ExactSum::Wide total() const;

    std::uint64_t count_ = 0;
    Integer integers_ = 0;
    bool only_integers_ = true;
    ExactSum reals_;
};

}  // namespace mainstem::query
