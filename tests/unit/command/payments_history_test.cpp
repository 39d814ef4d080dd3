// Many threads pay between few accounts by an executor, a parallel executor and a batcher at once,
// some payments twice. Whatever the threads do, the log must be what one payment after the other
// makes, and each answer must be true of it.
#include <array>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/core/random.hpp>
#include <mainstem/store/typed_events.hpp>

#include "support/bank.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

using bank::Balances;
using bank::Deposit;
using bank::Money;
using bank::Open;
using bank::Rejected;
using bank::Transfer;
using bank::Withdrawn;

constexpr std::size_t clients = 4;
constexpr std::size_t payments_each = 150;
constexpr Money each = 40;
const std::vector<std::string> accounts{"a", "b", "c", "d", "e"};

/// A transfer whose accounts have a state each.
struct Pay {
    Transfer transfer;

    Streams streams() const { return transfer.streams(); }
    bank::Decision handle(const ByStream<Balances>& balances) const {
        const auto& [from, to, amount] = transfer;
        if (balances[from].of.at(from) < amount) return Rejected::overdraft;
        return {{from, Withdrawn{from, amount}}, {to, bank::Deposited{to, amount}}};
    }
};

/// One that a client has sent, perhaps twice, and all that it was answered.
struct Payment {
    EventId id = EventId::generate();
    Transfer transfer;
    std::size_t sent = 1;
    std::array<std::atomic<std::uint64_t>, 2> accepted_at{};  ///< 0: not accepted
    std::atomic<std::size_t> answers = 0;
    std::atomic<std::size_t> rejected = 0;
};

class Bank {
public:
    explicit Bank(Store store) : store_(std::move(store)), executor_(store_, patient) {
        for (const auto& account : accounts) {
            executor_.execute(Open{account}).value();
            executor_.execute(Deposit{account, each}).value();
        }
    }

    void pay(std::vector<Payment>& payments, std::uint64_t seed) {
        Random random{seed};
        for (auto& payment : payments) {
            payment.transfer.from = accounts[random.below(accounts.size())];
            do payment.transfer.to = accounts[random.below(accounts.size())];
            while (payment.transfer.to == payment.transfer.from);
            payment.transfer.amount = static_cast<Money>(1 + random.below(each));
            payment.sent = random.chance(1, 4) ? 2 : 1;
            for (std::size_t i = 0; i < payment.sent; ++i) {
                if (random.chance(1, 2)) {
                    send(payment.transfer, payment, random);
                } else {
                    send(Pay{payment.transfer}, payment, random);
                }
            }
        }
    }

private:
    template <class C>
    void send(const C& command, Payment& payment, Random& random) {
        const auto note = [&payment](const CommandResult<C>& answer) {
            const auto number = payment.answers++;
            if (answer) payment.accepted_at.at(number) = answer->first.value;
            if (!answer && answer.error() == Rejected::overdraft) ++payment.rejected;
        };
        CommandOptions options{.id = payment.id};
        if (random.chance(1, 3)) options.durability = Durability::buffered;
        switch (random.below(5)) {
            case 0: return note(executor_.execute(command, options));
            case 1: return note(parallel_.execute(command, options));
            case 2: return parallel_.submit(command, note, options);
            case 3: return note(batcher_.execute(command, options));
            default: return batcher_.submit(command, note, options);
        }
    }

    static inline const ExecutorOptions patient{
        .retry = {.retries = 1000, .first = std::chrono::microseconds{20}},
        .state_cache = {.entries = 8}};
    Store store_;
    Executor executor_;
    ParallelExecutor parallel_{executor_, {.concurrency = 4, .threads = 2}};
    CommandBatcher batcher_{executor_, {.items = 8, .delay = std::chrono::microseconds{300}}};
};

using Payments = std::vector<std::vector<Payment>>;

void run(const Store& store, Payments& payments, std::uint64_t seed) {
    Bank bank{store};
    std::vector<std::thread> threads;
    threads.reserve(clients);
    for (std::size_t client = 0; client < clients; ++client) {
        threads.emplace_back([&, client] { bank.pay(payments[client], seed * clients + client); });
    }
    for (auto& thread : threads) thread.join();
}

/// Where the first event of each request is. Checks that no account is ever below zero at the end
/// of a payment, and that the money stays together.
std::map<EventId, std::uint64_t> audit(const Store& store) {
    Balances balances;
    std::map<EventId, std::uint64_t> withdrawn;
    Money last_withdrawn = 0;
    for (const auto& entry : read_as<bank::Event>(store.read_all())) {
        std::visit([&](const auto& e) { balances.apply(e); }, entry->event);
        for (const auto& [account, money] : balances.of) EXPECT_GE(money, 0) << account;
        if (const auto* out = std::get_if<Withdrawn>(&entry->event)) {
            EXPECT_TRUE(withdrawn.emplace(entry->view.id, entry->view.position.value).second);
            last_withdrawn = out->amount;
        } else if (last_withdrawn != 0) {
            EXPECT_EQ(std::get<bank::Deposited>(entry->event).amount, last_withdrawn);
            last_withdrawn = 0;
        }
    }
    Money sum = 0;
    for (const auto& [account, money] : balances.of) sum += money;
    EXPECT_EQ(sum, each * static_cast<Money>(accounts.size()));
    return withdrawn;
}

void judge(const Store& store, const Payments& payments) {
    auto stored = audit(store);
    for (const auto& of_client : payments) {
        for (const auto& payment : of_client) {
            ASSERT_EQ(payment.answers, payment.sent);
            std::size_t accepted = 0;
            const auto found = stored.find(payment.id);
            const auto at = found == stored.end() ? 0 : found->second;
            for (const auto& position : payment.accepted_at) {
                if (position == 0) continue;
                ++accepted;
                EXPECT_EQ(position, at);
            }
            EXPECT_EQ(accepted + payment.rejected, payment.sent) << "one has failed";
            EXPECT_EQ(accepted != 0, at != 0);
            stored.erase(payment.id);
        }
    }
    EXPECT_TRUE(stored.empty()) << "payments that nobody has sent";
}

Payments planned() {
    Payments payments;
    for (std::size_t client = 0; client < clients; ++client) payments.emplace_back(payments_each);
    return payments;
}

TEST(PaymentsHistory, is_one_payment_after_the_other_in_memory) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const auto store = Store::open("memory:").value();
        auto payments = planned();
        run(store, payments, seed);
        judge(store, payments);
    }
}

TEST(PaymentsHistory, is_one_payment_after_the_other_on_the_log_also_after_a_restart) {
    const support::TemporaryFolder folder;
    auto payments = planned();
    run(Store::open(folder.path("log")).value(), payments, 7);
    const auto store = Store::open(folder.path("log")).value();
    judge(store, payments);
    Executor restarted{store};
    for (const auto& payment : payments[0]) {
        if (payment.accepted_at[0] == 0) continue;
        const auto again = restarted.execute(payment.transfer, {.id = payment.id}).value();
        EXPECT_TRUE(again.repeated);
        EXPECT_EQ(again.first.value, payment.accepted_at[0]);
    }
    judge(store, payments);
}

}  // namespace
}  // namespace mainstem
