// A projection of two collections that does not say which one it means.
// expect: with several collections, say of<Document>() first
#include <mainstem/projection/projection.hpp>

struct Account {
    static constexpr auto collection = "accounts";
    int balance = 0;
};
struct Owner {
    static constexpr auto collection = "owners";
    int accounts = 0;
};

void change(mainstem::Documents<Account, Owner>& documents) { documents.remove("ada"); }
