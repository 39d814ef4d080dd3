// What a command costs without a disk: on the memory store, one thread, accounts whose states are
// in the cache; folding a stream from its beginning; events to text and back.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include <mainstem/command/executor.hpp>
#include <mainstem/core/random.hpp>

namespace mainstem {
namespace {

constexpr std::size_t accounts = 400;
/// In one run: what the store keeps grows with them.
constexpr std::int64_t commands = 300'000;

struct Deposited {
    static constexpr auto event_type = "Deposited";
    std::uint64_t number;
    std::int64_t amount;
};
struct Withdrawn {
    static constexpr auto event_type = "Withdrawn";
    std::uint64_t number;
    std::int64_t amount;
};
using Event = std::variant<Deposited, Withdrawn>;

struct Account {
    std::int64_t balance = 1'000'000'000;
    void apply(const Deposited& e) { balance += e.amount; }
    void apply(const Withdrawn& e) { balance -= e.amount; }
};
enum class Refused : std::uint8_t { not_enough_money };

struct Deposit {
    std::uint64_t number;
    StreamId account;
    std::int64_t amount;

    Streams streams() const { return {account}; }
    Decision<Event, Refused> handle(const Account&) const {
        return {{account, Deposited{number, amount}}};
    }
};

struct Transfer {
    std::uint64_t number;
    StreamId from;
    StreamId to;
    std::int64_t amount;

    Streams streams() const { return {from, to}; }
    Decision<Event, Refused> handle(const ByStream<Account>& account) const {
        if (account[from].balance < amount) return Refused::not_enough_money;
        return {{from, Withdrawn{number, amount}}, {to, Deposited{number, amount}}};
    }
};

/// Accounts with states in the cache of an executor.
struct Bank {
    Executor executor{Store::open("memory:").value()};
    std::vector<StreamId> names;
    Random random{7};

    Bank() {
        for (std::size_t i = 0; i < accounts; ++i) {
            names.emplace_back("account-" + std::to_string(i));
            executor.execute(Deposit{0, names.back(), 1}).value();
        }
    }
};

void command_on_cached_state(benchmark::State& state) {
    Bank bank;
    std::uint64_t number = 0;
    for (auto _ : state) {
        const Deposit deposit{++number, bank.names[bank.random.below(accounts)], 5};
        benchmark::DoNotOptimize(bank.executor.execute(deposit).value());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(command_on_cached_state)->Iterations(commands);

void transfer_between_two_streams(benchmark::State& state) {
    Bank bank;
    std::uint64_t number = 0;
    for (auto _ : state) {
        const auto from = bank.random.below(accounts);
        const auto to = (from + 1 + bank.random.below(accounts - 1)) % accounts;
        const Transfer transfer{++number, bank.names[from], bank.names[to], 5};
        benchmark::DoNotOptimize(bank.executor.execute(transfer).value());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(transfer_between_two_streams)->Iterations(commands);

/// A command whose streams have a thousand events and no state in the cache.
void cold_fold_of_1000_events(benchmark::State& state) {
    auto store = Store::open("memory:").value();
    const StreamId name{"account-1"};
    for (std::uint64_t i = 0; i < 1000; ++i) store.append(name, Deposited{i, 5}).value();
    Executor executor{store, {.state_cache = {.entries = 0}}};
    for (auto _ : state) {
        // Refused, so that the stream stays as it is.
        const Transfer transfer{1, name, name, std::int64_t{1} << 40};
        benchmark::DoNotOptimize(executor.execute(transfer).has_value());
    }
    state.SetItemsProcessed(1000 * state.iterations());
}
BENCHMARK(cold_fold_of_1000_events);

void encode_event(benchmark::State& state) {
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(encode(Deposited{++number, 5}).value());
}
BENCHMARK(encode_event);

}  // namespace
}  // namespace mainstem
