// Events in their stored form, one to a line, and the lines and fields in which two lists differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mainstem/event/event.hpp>

namespace mainstem::testing::detail {

struct ShownEvent {
    std::string_view stream;  ///< empty: any
    const NewEvent* event;
};

/// Their stored forms are the same, and so are their streams, where one is expected.
[[nodiscard]] bool same_event(const ShownEvent& expected, const ShownEvent& decided);

/// `ada: MoneyDeposited {"account":"ada","amount":30} [account:ada]`. A payload that is no JSON is
/// shown by its first bytes.
[[nodiscard]] std::string line_of(const ShownEvent& event);

/// Lines, each after a newline, of what is in both lists, after `-` of what was expected alone,
/// after
/// `+` of what was decided alone; of two that stand for each other, after `?` what differs.
[[nodiscard]] std::string event_diff(const std::vector<ShownEvent>& expected,
                                     const std::vector<ShownEvent>& decided);

}  // namespace mainstem::testing::detail
