// The events of `bench projections`, and what is made of them.
#include "cli/projection_load.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <mainstem/core/random.hpp>

#include "cli/exit_code.hpp"

namespace mainstem::cli::projection_load {
namespace {

constexpr std::uint64_t batch_events = 1'000;

/// Nobody's events are mixed with those of the benchmark.
Result<void> check_own(const Store& store) {
    auto cursor = store.read_all({.limit = 1});
    const auto* const first = cursor.next();
    if (first == nullptr) return {};
    if (!*first) return first->error();
    if ((*first)->type == Deposited::event_type) return {};
    return Error{CliError::failed,
                 "the store holds other events, and bench projections fills its store: give it one "
                 "of its own"};
}

}  // namespace

void Accounts::apply(const Deposited& event, Documents& documents) const {
    auto& account = documents[event.account];
    if (account.deposits == 0) {
        account.owner = "owner of " + event.account;
        account.city = event.account.substr(event.account.size() - 2);
    }
    account.balance += event.amount;
    ++account.deposits;
}

Projection indexed_accounts() {
    auto projection = projection_of(Accounts{});
    projection.declaration.collections.front().indexes = {
        {.name = "by_balance", .fields = {"balance"}}, {.name = "by_city", .fields = {"city"}}};
    return projection;
}

NewEvent deposit(std::uint64_t account, std::int64_t amount) {
    return encode(Deposited{fmt::format("account-{:06}", account), amount}).value();
}

Result<void> fill(Store& store, std::uint64_t accounts, std::uint64_t events,
                  const std::function<bool(std::uint64_t)>& told) {
    const auto head = store.head();
    if (!head) return head.error();
    if (auto done = check_own(store); !done) return done;
    Random random{1};
    for (auto at = head->value; at < events;) {
        AppendRequest request;
        const auto end = std::min(at + batch_events, events);
        for (; at < end; ++at) {
            const auto account = random.below(accounts);
            request.events.push_back({fmt::format("account-{:06}", account),
                                      deposit(account, static_cast<std::int64_t>(at % 100))});
        }
        request.durability = Durability::buffered;
        if (auto done = store.append(request); !done) return std::move(done).error();
        if (!told(at)) return {};
    }
    return {};
}

}  // namespace mainstem::cli::projection_load
