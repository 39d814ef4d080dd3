// Typed events: what is stored of them, how it comes back, older versions, other codecs, and what
// is said about events that cannot be read.
#include <cstring>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/event/codec.hpp>

namespace mainstem {

struct Deposited {
    static constexpr auto event_type = "MoneyDeposited";
    std::string account;
    std::int64_t amount;

    auto tags() const { return std::vector{"account:" + account}; }
};

// Three versions of one event: a name, then two, then a title as well.
struct RegisteredV1 {
    static constexpr auto event_type = "UserRegistered";
    std::string name;
};
struct RegisteredV2 {
    static constexpr auto event_type = "UserRegistered";
    static constexpr unsigned event_version = 2;
    std::string first;
    std::string last;

    static RegisteredV2 upcast(const RegisteredV1& before) {
        const auto space = before.name.find(' ');
        return {before.name.substr(0, space), before.name.substr(space + 1)};
    }
};
struct Registered {
    static constexpr auto event_type = "UserRegistered";
    static constexpr unsigned event_version = 3;
    std::string first;
    std::string last;
    std::optional<std::string> title;

    static Registered upcast(const RegisteredV2& before) {
        return {before.first, before.last, std::nullopt};
    }
};

/// Eight bytes, in a layout of their own.
struct Measured {
    static constexpr auto event_type = "Measured";
    double value = 0;
};
template <>
struct Codec<Measured> {
    static constexpr std::string_view content_type = "application/octet-stream";
    static Result<void> encode(const Measured& event, std::string& data) {
        data.append(reinterpret_cast<const char*>(&event.value), sizeof event.value);
        return {};
    }
    static Result<void> decode(std::string_view data, Measured& event) {
        if (data.size() != sizeof event.value) {
            return Error{EventError::bad_payload, "expected 8 bytes"};
        }
        std::memcpy(&event.value, data.data(), sizeof event.value);
        return {};
    }
};

struct Closed {
    static constexpr auto event_type = "Closed";
};

namespace {

using Any = std::variant<Deposited, Registered, Measured, Closed>;

EventView view_of(const NewEvent& event) {
    EventView view{};
    view.position = {93};
    view.stream = "account-1";
    view.type = event.type;
    view.content_type = event.content_type;
    view.data = event.data;
    return view;
}

template <class Event = Any>
std::string refusal(const NewEvent& event) {
    const auto decoded = decode<Event>(view_of(event));
    return decoded ? "none"
                   : std::string{decoded.error().code_name()} + ": " + decoded.error().message();
}

TEST(Codec, stores_type_fields_and_tags) {
    const auto encoded = encode(Deposited{"ada", 40}).value();
    EXPECT_EQ(encoded.type, "MoneyDeposited");
    EXPECT_EQ(encoded.data, R"({"account":"ada","amount":40})");
    EXPECT_EQ(encoded.tags, std::vector{Tag{"account:ada"}});
    EXPECT_EQ(encoded.content_type, "");
    EXPECT_FALSE(encoded.id.is_nil());
}

TEST(Codec, brings_back_one_of_several_types) {
    for (const Any& event : {Any{Deposited{"ada", -1}}, Any{Registered{"A", "B", "Dr"}},
                             Any{Measured{1.5}}, Any{Closed{}}}) {
        const auto encoded = encode(event).value();
        const auto decoded = decode<Any>(view_of(encoded)).value();
        EXPECT_EQ(decoded.index(), event.index());
        EXPECT_EQ(encode(decoded).value().data, encoded.data);
    }
    EXPECT_EQ(decode<Deposited>(view_of(encode(Deposited{"ada", 7}).value()))->amount, 7);
}

TEST(Codec, turns_each_older_version_into_todays) {
    const auto first = encode(RegisteredV1{"Ada Lovelace"}).value();
    const auto second = encode(RegisteredV2{"Ada", "Lovelace"}).value();
    EXPECT_EQ(second.content_type, "application/json; version=2");
    for (const auto& stored : {first, second}) {
        const auto today = std::get<Registered>(decode<Any>(view_of(stored)).value());
        EXPECT_EQ(today.first, "Ada");
        EXPECT_EQ(today.last, "Lovelace");
        EXPECT_FALSE(today.title);
    }
}

TEST(Codec, refuses_a_version_that_it_does_not_know) {
    auto stored = encode(Registered{"A", "B", {}}).value();
    stored.content_type = "application/json; version=4";
    EXPECT_EQ(
        refusal(stored),
        "newer_version: position 93, stream \"account-1\", type \"UserRegistered\": stored as "
        "version 4, this program knows up to 3; use a newer one");
    auto unversioned = encode(Deposited{"ada", 1}).value();
    unversioned.content_type = "application/json; version=2";
    EXPECT_TRUE(refusal(unversioned).starts_with("newer_version"));
}

TEST(Codec, names_place_and_field_of_what_it_cannot_read) {
    EXPECT_EQ(refusal({"Renamed", "{}"}),
              "unknown_type: position 93, stream \"account-1\", type \"Renamed\": no such event is "
              "known here");
    EXPECT_EQ(refusal({"MoneyDeposited", R"({"account":"ada","amount":"x"})"}),
              "bad_payload: position 93, stream \"account-1\", type \"MoneyDeposited\": field "
              "\"amount\": expected an integer from -9223372036854775808 to 9223372036854775807, "
              "found text \"x\"");
    EXPECT_EQ(
        refusal({"Measured", "1234", {}, {}, "application/octet-stream"}),
        "bad_payload: position 93, stream \"account-1\", type \"Measured\": expected 8 bytes");
    EXPECT_EQ(refusal({"Measured", "12345678"}),
              "bad_payload: position 93, stream \"account-1\", type \"Measured\": expected content "
              "type \"application/octet-stream\", found \"application/json\"");
}

TEST(Codec, names_type_and_field_of_what_it_cannot_store) {
    const auto encoded = encode(Deposited{"\xFF", 1});
    ASSERT_FALSE(encoded);
    EXPECT_EQ(encoded.error(), EventError::unencodable);
    EXPECT_EQ(encoded.error().message(), "MoneyDeposited: field \"account\": the text is no UTF-8");
}

TEST(Codec, leaves_parameters_of_others_in_the_content_type) {
    EXPECT_EQ(detail::stored_form("").content_type, "application/json");
    EXPECT_EQ(detail::stored_form("a/b; version=12").version, 12U);
    EXPECT_EQ(detail::stored_form("a/b; version=12").content_type, "a/b");
    for (const auto* odd : {"a/b; version=", "a/b; version=0", "a/b; version=1x", "a/b; q=1",
                            "a/b; version=99999999999"}) {
        EXPECT_EQ(detail::stored_form(odd).version, 1U) << odd;
        EXPECT_EQ(detail::stored_form(odd).content_type, odd);
    }
}

}  // namespace
}  // namespace mainstem
