// What `bench projections` folds: deposits into many accounts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <mainstem/projection/projection.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem::cli::projection_load {

struct Deposited {
    static constexpr auto event_type = "BenchDeposited";
    std::string account;
    std::int64_t amount = 0;
};

struct Account {
    static constexpr auto collection = "accounts";
    std::string owner;
    std::int64_t balance = 0;
    std::int64_t deposits = 0;
    std::string city;
};

/// Balances, one document for each account.
struct Accounts {
    static constexpr auto projection = "accounts";
    static constexpr auto partition_by = PartitionBy::stream;
    using Event = Deposited;
    using Documents = mainstem::Documents<Account>;

    void apply(const Deposited& event, Documents& documents) const;
};

struct Totals {
    static constexpr auto collection = "totals";
    std::uint64_t events = 0;
};

/// Only counts.
struct Counter {
    static constexpr auto projection = "counter";
    using Documents = mainstem::Documents<Totals>;

    static void apply(const EventView&, Documents& documents) { ++documents["all"].events; }
};

/// `Accounts`, in a collection with indexes of balance and city.
[[nodiscard]] Projection indexed_accounts();

/// Appends deposits into `accounts` accounts until the store has `events` events. `told` is called
/// with the number that it has, and ends it by answering false.
Result<void> fill(Store& store, std::uint64_t accounts, std::uint64_t events,
                  const std::function<bool(std::uint64_t)>& told);
/// One deposit.
[[nodiscard]] NewEvent deposit(std::uint64_t account, std::int64_t amount);

}  // namespace mainstem::cli::projection_load
