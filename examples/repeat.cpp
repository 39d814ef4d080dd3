// What to do when the outcome of an append is not known: append the same value again. A request is
// known by the id of its first event for ever, so it is stored once, however often it is sent.
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

void print(const Appended& appended) {
    std::cout << (appended.repeated ? "stored before" : "stored now") << ", position "
              << appended.position << '\n';
}

}  // namespace

int main() {
    //! [same-value]
    const NewEvent paid{"OrderPaid", R"({"amount": 40})"};  // its id is made here
    {
        auto store = Store::open("orders").value();
        print(store.append("order-1", paid).value());
    }  // suppose that the answer was lost here: the process was killed, or the disk failed

    auto store = Store::open("orders").value();
    print(store.append("order-1", paid).value());
    //! [same-value]

    //! [caller-id]
    // The value is gone with the process? Then take the id from outside, where it is still known.
    const auto id = EventId::parse("018ce6a5-3c3a-7cc1-8b2f-5d1f0f6a4c11").value();
    for (int attempt = 0; attempt < 2; ++attempt) {
        print(store.append("order-2", {.type = "OrderPaid", .id = id}).value());
    }
    //! [caller-id]

    // The same id with other content is a mistake of the caller.
    const auto reused = store.append("order-2", {.type = "OrderCancelled", .id = id});
    std::cout << reused.error().code_name() << '\n';
}
