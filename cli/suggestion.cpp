// Optimal string alignment distance, the restricted form of Damerau's and Levenshtein's.
#include "cli/suggestion.hpp"

#include <algorithm>
#include <cstddef>

namespace mainstem::cli {
namespace {

/// Longer words are no slips of the keyboard.
constexpr std::size_t longest_word = 64;

std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last(to.size() + 1);
    for (std::size_t i = 0; i < last.size(); ++i) last[i] = i;
    for (std::size_t row = 1; row <= from.size(); ++row) {
        std::vector<std::size_t> current(to.size() + 1, row);
        for (std::size_t column = 1; column <= to.size(); ++column) {
            const bool same = from[row - 1] == to[column - 1];
            current[column] = std::min(
                {last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1)});
            const bool swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] &&
                                 from[row - 2] == to[column - 1];
            if (swapped) current[column] = std::min(current[column], before_last[column - 2] + 1);
        }
        before_last = std::move(last);
        last = std::move(current);
    }
    return last.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& choices) {
    if (word.empty() || word.size() > longest_word) return std::nullopt;
    std::optional<std::string> best;
    std::size_t least = 1 + std::max<std::size_t>(word.size() / 3, 1);
    for (const auto& choice : choices) {
        const auto steps = distance(word, choice);
        if (steps < least) {
            least = steps;
            best = choice;
        }
    }
    return best;
}

}  // namespace mainstem::cli
