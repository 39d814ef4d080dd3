// An event that changes twice. What was stored stays as it is; each version knows how it is made of
// the one before, and the program sees today's alone.
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

//! [versions]
// Version 1, as it was written in the first year: a name.
struct UserRegisteredV1 {
    static constexpr auto event_type = "UserRegistered";
    std::string name;
};

// Version 2 has two names.
struct UserRegisteredV2 {
    static constexpr auto event_type = "UserRegistered";
    static constexpr unsigned event_version = 2;
    std::string first_name;
    std::string last_name;

    static UserRegisteredV2 upcast(const UserRegisteredV1& before) {
        const auto space = before.name.find(' ');
        if (space == std::string::npos) return {before.name, ""};
        return {before.name.substr(0, space), before.name.substr(space + 1)};
    }
};

// Today's keeps them together, and asks for a language.
struct UserRegistered {
    static constexpr auto event_type = "UserRegistered";
    static constexpr unsigned event_version = 3;
    struct Name {
        std::string first;
        std::string last;
    };
    Name name;
    std::string language;

    static UserRegistered upcast(const UserRegisteredV2& before) {
        return {{before.first_name, before.last_name}, "en"};
    }
};
//! [versions]

int main() {
    auto store = Store::open("users").value();
    store.append("user-1", UserRegisteredV1{"Ada Lovelace"}).value();
    store.append("user-2", UserRegisteredV2{"Grace", "Hopper"}).value();
    store.append("user-3", UserRegistered{{"Emmy", "Noether"}, "de"}).value();

    //! [read]
    for (const auto& entry : read_as<UserRegistered>(store.read_all())) {
        const auto& [name, language] = entry.value().event;
        std::cout << name.last << ", " << name.first << " (" << language << ") of "
                  << entry->view.data << '\n';
    }
    //! [read]

    //! [newer]
    // A program that was not updated says so; it does not guess.
    for (const auto& entry : read_as<UserRegisteredV2>(store.read("user-3")))
        std::cout << entry.error() << '\n';
    //! [newer]
}
