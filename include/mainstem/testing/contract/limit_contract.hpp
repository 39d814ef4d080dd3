// Limits and rules: what breaks one is refused whole, in one line, and changes nothing. The rules
// themselves are those of check_request, which has tests of its own; here: that they are asked.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <mainstem/testing/contract/answers.hpp>
#include <mainstem/testing/contract/fixture.hpp>
#include <mainstem/testing/contract/helpers.hpp>

namespace mainstem::testing::contract {

template <ContractBackend Backend>
class LimitContract : public StoreContract<Backend> {
protected:
    void expect_invalid(const Result<Appended>& answer, std::string_view why) {
        ASSERT_EQ(code_of(answer), "invalid") << why;
        EXPECT_FALSE(answer.error().retryable()) << why;
        EXPECT_FALSE(answer.error().message().empty());
        EXPECT_EQ(answer.error().message().find('\n'), std::string::npos) << why;
        EXPECT_LT(answer.error().message().size(), 300U) << why;
    }
};
TYPED_TEST_SUITE_P(LimitContract);

/// Requests that break one rule each, and the rule.
inline std::vector<std::pair<std::string, AppendRequest>> broken_requests() {
    std::vector<std::pair<std::string, AppendRequest>> broken;
    const auto with = [&](const char* rule, const std::function<void(StreamEvent&)>& change) {
        auto request = request_for({"fine", "a", "fine"});
        change(request.events[1]);
        broken.emplace_back(rule, std::move(request));
    };
    const std::string long_name(limits::name_bytes + 1, 'n');
    with("stream empty", [&](auto& entry) { entry.stream = ""; });
    with("stream too long", [&](auto& entry) { entry.stream = long_name; });
    with("stream not UTF-8", [&](auto& entry) { entry.stream = "a\xff\n"; });
    with("stream with control", [&](auto& entry) { entry.stream = "a\nb"; });
    with("stream of the system", [&](auto& entry) { entry.stream = "$a"; });
    with("type empty", [&](auto& entry) { entry.event.type = ""; });
    with("type too long", [&](auto& entry) { entry.event.type = long_name; });
    with("type with zero", [&](auto& entry) { entry.event.type.push_back('\0'); });
    with("tag empty", [&](auto& entry) { entry.event.tags = {"a", ""}; });
    with("tag too long", [&](auto& entry) { entry.event.tags = {long_name}; });
    with("too many tags",
         [&](auto& entry) { entry.event.tags.assign(limits::tags_per_event + 1, "t"); });
    with("content type too long", [&](auto& entry) { entry.event.content_type = long_name; });
    with("actor too long", [&](auto& entry) { entry.event.metadata.actor = long_name; });
    with("metadata too long", [&](auto& entry) {
        entry.event.metadata.json.assign(limits::metadata_json_bytes + 1, ' ');
    });
    with("nil id", [&](auto& entry) { entry.event.id = EventId{}; });
    with("time out of range", [&](auto& entry) { entry.event.occurred_at = Timestamp::max(); });

    broken.emplace_back("two expectations", checks({{"a", Expect::any}, {"a", Expect::none}}));
    broken.emplace_back("expectation without name", checks({{"", Expect::none}}));
    return broken;
}

/// The same for the rules over sizes: large ones, so that few tests can afford them.
inline std::vector<std::pair<std::string, AppendRequest>> oversized_requests() {
    std::vector<std::pair<std::string, AppendRequest>> broken;
    auto crowded = checks({});
    for (std::size_t i = 0; i <= limits::expectations_per_request; ++i) {
        crowded.expect.push_back({std::to_string(i), Expect::none});
    }
    broken.emplace_back("too many expectations", std::move(crowded));
    AppendRequest many;
    many.events.assign(limits::events_per_request + 1, {"a", event()});
    broken.emplace_back("too many events", std::move(many));
    const std::string payload(limits::payload.value + 1, 'p');
    AppendRequest too_large;
    too_large.events.push_back({"a", event("Large", payload)});
    broken.emplace_back("payload too large", std::move(too_large));
    AppendRequest too_large_together;
    too_large_together.events.assign(5, {"a", event("Large", payload.substr(1))});
    broken.emplace_back("request too large", std::move(too_large_together));
    return broken;
}

TYPED_TEST_P(LimitContract, a_broken_rule_refuses_the_whole_request) {
    add(this->store(), "a");
    const auto before = history_of(this->store());
    for (const auto& [rule, request] : broken_requests()) {
        this->expect_invalid(this->store().append(request), rule);
    }
    expect_holds(this->store(), before);
    EXPECT_EQ(add(this->store(), "a").position, Position{2}) << "the store goes on";
}

TYPED_TEST_P(LimitContract, a_request_beyond_a_limit_of_size_is_refused) {
    for (const auto& [rule, request] : oversized_requests()) {
        this->expect_invalid(this->store().append(request), rule);
    }
    expect_holds(this->store(), {});
}

TYPED_TEST_P(LimitContract, the_asynchronous_form_has_the_same_rules) {
    for (const auto& [rule, request] : broken_requests()) {
        Answers answers;
        this->store().async_append(request, answers.slot(0));
        this->expect_invalid(answers.wait_for(1).at(0), rule);
    }
    expect_holds(this->store(), {});
}

TYPED_TEST_P(LimitContract, the_system_has_the_same_rules_but_for_its_streams) {
    auto& backend = this->store().backend();
    for (const auto& [rule, request] : broken_requests()) {
        if (rule != "stream of the system")
            this->expect_invalid(backend.append_system(request), rule);
    }
    EXPECT_TRUE(backend.append_system(request_for({"$a"})));
}

TYPED_TEST_P(LimitContract, names_may_be_as_long_as_the_limit) {
    const std::string longest = std::string(limits::name_bytes - 2, 'n') + "ß";
    NewEvent given = event(longest, "data");
    given.tags.assign(16, longest);
    given.content_type = longest;
    given.metadata = {.correlation = longest, .causation = longest, .actor = longest, .json = "{}"};
    EXPECT_EQ(this->store().append(longest, given).value().version(), Version{1});
    this->reopen();
    const auto read = all_of(this->store().read(longest));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].stream, longest);
    EXPECT_EQ(read[0].type, longest);
    EXPECT_EQ(read[0].tags, given.tags);
    EXPECT_EQ(read[0].metadata, given.metadata);
    EXPECT_EQ(read[0].content_type, longest);
    EXPECT_EQ(this->store().streams().value().at(0).stream.str(), longest);
}

TYPED_TEST_P(LimitContract, an_event_may_have_as_many_tags_and_as_much_metadata_as_the_limit) {
    // The two halves are apart because a small backend may not take both in one request.
    NewEvent tagged = event();
    for (std::size_t i = 0; i < limits::tags_per_event; ++i) {
        tagged.tags.emplace_back("tag:" + std::to_string(i));
    }
    EXPECT_TRUE(this->store().append("a", tagged));
    NewEvent annotated = event();
    annotated.metadata.json.assign(
        std::min<std::size_t>(limits::metadata_json_bytes, this->largest_request.value - 1'000),
        'm');
    EXPECT_TRUE(this->store().append("a", annotated));
    const auto read = all_of(this->store().read("a"));
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].tags, tagged.tags);
    EXPECT_EQ(read[1].metadata, annotated.metadata);
}

TYPED_TEST_P(LimitContract, a_request_may_have_as_many_events_as_the_limit) {
    const auto count =
        std::min<std::size_t>(limits::events_per_request, this->largest_request.value / 160);
    AppendRequest request;
    for (std::size_t i = 0; i < count; ++i) {
        request.events.push_back({i % 2 == 0 ? "even" : "odd", event("Counted")});
    }
    const auto appended = this->store().append(request).value();
    EXPECT_EQ(appended.position, Position{count});
    EXPECT_EQ(appended.versions.size(), 2U);
    EXPECT_TRUE(this->store().append(request).value().repeated);
    expect_history(history_of(this->store()));
}

TYPED_TEST_P(LimitContract, a_request_may_have_as_many_expectations_as_the_limit) {
    auto request = request_for({"a"});
    for (std::size_t i = 0; i < limits::expectations_per_request; ++i) {
        request.expect.push_back({"none-" + std::to_string(i), Expect::none});
    }
    EXPECT_TRUE(this->store().append(request));
    request = request_for({"a"});
    request.expect = {{"a", Version{1}}};
    EXPECT_TRUE(this->store().append(request));
}

TYPED_TEST_P(LimitContract, a_request_of_the_largest_size_is_taken) {
    AppendRequest request;
    auto left = std::min(limits::request.value, this->largest_request.value) - 2'000;
    while (left > 0) {
        const auto size = std::min(left, limits::payload.value);
        request.events.push_back({"a", event("Large", std::string(size, 'x'))});
        left -= size;
    }
    ASSERT_TRUE(this->store().append(request));
    const auto read = all_of(this->store().read("a"));
    ASSERT_EQ(read.size(), request.events.size());
    EXPECT_TRUE(read.back().data == request.events.back().event.data);
}

REGISTER_TYPED_TEST_SUITE_P(LimitContract, a_broken_rule_refuses_the_whole_request,
                            a_request_beyond_a_limit_of_size_is_refused,
                            the_asynchronous_form_has_the_same_rules,
                            the_system_has_the_same_rules_but_for_its_streams,
                            names_may_be_as_long_as_the_limit,
                            an_event_may_have_as_many_tags_and_as_much_metadata_as_the_limit,
                            a_request_may_have_as_many_events_as_the_limit,
                            a_request_may_have_as_many_expectations_as_the_limit,
                            a_request_of_the_largest_size_is_taken);

}  // namespace mainstem::testing::contract
