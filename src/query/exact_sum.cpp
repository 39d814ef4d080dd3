// Sums of doubles in parts, of integers in 128 bits.
#include "query/exact_sum.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

namespace mainstem::query {

void ExactSum::add(Wide number) {
    std::size_t kept = 0;
    for (Wide part : parts_) {
        if (std::abs(number) < std::abs(part)) std::swap(number, part);
        const Wide high = number + part;
        const Wide low = part - (high - number);
        if (low != 0) parts_[kept++] = low;
        number = high;
    }
    parts_.resize(kept);
    parts_.push_back(number);
}

ExactSum::Wide ExactSum::total() const {
    if (parts_.empty()) return 0;
    std::size_t left = parts_.size() - 1;
    Wide high = parts_[left];
    Wide low = 0;
    while (left > 0 && low == 0) {
        const Wide part = parts_[--left];
        const Wide sum = high + part;
        low = part - (sum - high);
        high = sum;
    }
    // Half way between two numbers the parts below decide.
    if (left > 0 && ((low < 0 && parts_[left - 1] < 0) || (low > 0 && parts_[left - 1] > 0))) {
        const Wide twice = low * 2;
        const Wide further = high + twice;
        if (further - high == twice) high = further;
    }
    return high;
}

void NumberSum::add(const ValueView& value) {
    if (const auto* const integer = std::get_if<std::int64_t>(&value)) {
        integers_ += *integer;
        ++count_;
    } else if (const auto* const real = std::get_if<double>(&value)) {
        reals_.add(*real);
        only_integers_ = false;
        ++count_;
    }
}

ExactSum::Wide NumberSum::total() const {
    if (only_integers_) return static_cast<ExactSum::Wide>(integers_);
    auto all = reals_;
    constexpr int half = 64;
    const auto high = static_cast<std::int64_t>(integers_ >> half);
    const auto low = static_cast<std::uint64_t>(integers_);
    all.add(std::ldexp(static_cast<ExactSum::Wide>(high), half));
    all.add(static_cast<ExactSum::Wide>(low));
    return all.total();
}

std::optional<FieldValue> NumberSum::sum() const {
    if (count_ == 0) return FieldValue{};
    if (only_integers_) {
        const auto sum = static_cast<std::int64_t>(integers_);
        return sum == integers_ ? std::optional<FieldValue>{sum} : std::nullopt;
    }
    const auto sum = static_cast<double>(total());
    return std::isfinite(sum) ? std::optional<FieldValue>{sum} : std::nullopt;
}

FieldValue NumberSum::average() const {
    if (count_ == 0) return {};
    return static_cast<double>(total() / static_cast<ExactSum::Wide>(count_));
}

}  // namespace mainstem::query
