// The audit of a ledger from its events alone. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <mainstem/core/result.hpp>
#include <mainstem/store/store.hpp>

#include "cli/ledger.hpp"

namespace mainstem::cli {

/// What an audit found.
struct LedgerAudit {
    std::uint64_t events = 0;
    std::uint64_t payments = 0;
    ledger::Money opened_with = 0;  ///< of all accounts
    ledger::Money balance = 0;      ///< of all accounts, at the end
    std::uint64_t negative = 0;     ///< events after which an account had less than nothing
    std::uint64_t torn = 0;         ///< payments whose halves do not stand next to each other
    std::uint64_t doubled = 0;      ///< payments that are there more than once
    std::uint64_t missing = 0;      ///< acknowledged, and not there
    std::uint64_t unknown = 0;      ///< there, and not acknowledged
    /// What each account has at the end.
    std::unordered_map<std::string, ledger::Money> balances = {};

    /// Nothing is wrong.
    [[nodiscard]] bool holds() const noexcept {
        return opened_with == balance && negative == 0 && torn == 0 && doubled == 0 &&
               missing == 0 && unknown == 0;
    }
    /// One line for people.
    [[nodiscard]] std::string text() const;
};

/// Takes the events of a ledger in their order.
class LedgerAuditor {
public:
    void take(const ledger::Event& event);
    /// `acknowledged`: for each payment's number, whether its command was accepted.
    [[nodiscard]] LedgerAudit finish(const std::vector<bool>& acknowledged);

private:
    void change(const std::string& account, ledger::Money by);

    LedgerAudit audit_;
    std::unordered_map<std::string, ledger::Money> balances_;
    std::unordered_map<std::uint64_t, std::uint64_t> seen_;  ///< payments, how often
    std::optional<ledger::MoneySent> sent_;                  ///< its other half comes next
};

/// Reads all accounts' events after `after`.
[[nodiscard]] Result<LedgerAudit> audit_ledger(const Store& store, Position after,
                                               const std::vector<bool>& acknowledged);

}  // namespace mainstem::cli
