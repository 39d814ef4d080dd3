// What is to be unique: nobody registers with an e-mail address that was registered before,
// whatever the stream of the one who did.
#include <iostream>
#include <string>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

//! [unique]
Result<Appended> register_user(Store& store, const StreamId& user, const std::string& email) {
    const Tag address = "email:" + email;
    const QueryItem taken{.types = {"UserRegistered", "EmailChanged"}, .tags = {address}};
    return store.append(user, {.type = "UserRegistered", .tags = {address}},
                        {.expect = Expect::none, .unless = {.exists = taken}});
}
//! [unique]

void report(const Result<Appended>& registered) {
    if (registered) {
        std::cout << "registered at position " << registered->position << '\n';
    } else {
        std::cout << registered.error() << '\n';
    }
}

}  // namespace

int main() {
    auto store = Store::open("users").value();
    report(register_user(store, "user-1", "ada@example.org"));
    report(register_user(store, "user-2", "grace@example.org"));

    //! [conflict]
    const auto again = register_user(store, "user-3", "ada@example.org");
    if (!again && again.error() == StoreError::conflict) {
        const auto& conflict = again.error().conflict().value();
        std::cout << "taken at position " << conflict.position << ": " << conflict.query << '\n';
    }
    //! [conflict]
    report(again);
}
