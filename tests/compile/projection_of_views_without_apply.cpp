// A projection without types of events that does not take them as they are stored.
// expect: a projection without `using Event = …` needs
#include <mainstem/projection/projection.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    int balance = 0;
};
struct Accounts {
    static constexpr auto projection = "accounts";
    using Documents = mainstem::Documents<Account>;
};

void make() { (void)mainstem::projection_of(Accounts{}); }
