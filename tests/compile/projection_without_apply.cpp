// A projection that applies none of its events.
// expect: a projection needs `void apply(const E&, Documents&)` for one of its events
#include <mainstem/projection/projection.hpp>

struct Deposited {
    static constexpr auto event_type = "Deposited";
};
struct Account {
    static constexpr auto collection = "accounts";
    int balance = 0;
};
struct Accounts {
    static constexpr auto projection = "accounts";
    using Event = Deposited;
    using Documents = mainstem::Documents<Account>;
};

void make() { (void)mainstem::projection_of(Accounts{}); }
