// A unique e-mail address as a rule of the domain: the command asks for the events of the address,
// wherever they are, and says no in its own words.
#include <iostream>
#include <string>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

//! [event]
struct UserRegistered {
    static constexpr auto event_type = "UserRegistered";
    std::string user;
    std::string email;

    auto tags() const { return std::vector{"email:" + email}; }
};
//! [event]

enum class Rejected { email_taken };
const char* name(Rejected) { return "the e-mail address is taken"; }

//! [command]
struct Address {
    std::string owner;
    void apply(const UserRegistered& e) { owner = e.user; }
};

struct Register {
    std::string user;
    std::string email;

    // Of all events those with this tag. What is decided is stored only if there is no more of
    // them.
    EventQuery query() const {
        return QueryItem{.types = {"UserRegistered"}, .tags = {"email:" + email}};
    }

    Decision<UserRegistered, Rejected> handle(const Address& address) const {
        if (address.owner == user) return {};
        if (!address.owner.empty()) return Rejected::email_taken;
        return {{user, UserRegistered{user, email}}};
    }
};
//! [command]

int main() {
    auto store = Store::open("users").value();
    Executor executor{store};
    for (const auto& command :
         {Register{"user-1", "ada@example.org"}, Register{"user-2", "grace@example.org"},
          Register{"user-3", "ada@example.org"}}) {
        const auto registered = executor.execute(command);
        std::cout << command.user << ": ";
        if (registered) {
            std::cout << "registered at position " << registered->position << '\n';
        } else {
            std::cout << registered.error() << '\n';
        }
    }
}
