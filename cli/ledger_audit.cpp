// What is counted, and the words for it.
#include "cli/ledger_audit.hpp"

#include <utility>

#include <fmt/format.h>

#include <mainstem/store/typed_events.hpp>

#include "cli/text.hpp"

namespace mainstem::cli {

std::string LedgerAudit::text() const {
    if (holds()) {
        return fmt::format("no money made or lost, no account negative, each of {} there once",
                           counted(payments, "acknowledged payment"));
    }
    return fmt::format(
        "{} opened with, {} found, {} below nothing, {} torn, {} doubled, {} "
        "acknowledged and missing, {} not acknowledged and there",
        opened_with, balance, negative, torn, doubled, missing, unknown);
}

void LedgerAuditor::change(const std::string& account, ledger::Money by) {
    auto& balance = balances_[account];
    balance += by;
    audit_.balance += by;
    if (balance < 0) ++audit_.negative;
}

void LedgerAuditor::take(const ledger::Event& event) {
    ++audit_.events;
    if (const auto* received = std::get_if<ledger::MoneyReceived>(&event)) {
        const bool whole =
            sent_ && sent_->payment == received->payment && sent_->amount == received->amount;
        if (!whole) ++audit_.torn;
        sent_.reset();
        return change(received->account, received->amount);
    }
    if (std::exchange(sent_, std::nullopt)) ++audit_.torn;
    if (const auto* opened = std::get_if<ledger::AccountOpened>(&event)) {
        audit_.opened_with += opened->balance;
        return change(opened->account, opened->balance);
    }
    sent_ = std::get<ledger::MoneySent>(event);
    ++seen_[sent_->payment];
    change(sent_->account, -sent_->amount);
}

LedgerAudit LedgerAuditor::finish(const std::vector<bool>& acknowledged) {
    if (std::exchange(sent_, std::nullopt)) ++audit_.torn;
    for (const auto& [payment, times] : seen_) {
        if (times > 1) ++audit_.doubled;
        if (payment >= acknowledged.size() || !acknowledged[payment]) ++audit_.unknown;
    }
    for (std::size_t i = 0; i < acknowledged.size(); ++i) {
        if (acknowledged[i] && !seen_.contains(i)) ++audit_.missing;
    }
    audit_.payments = seen_.size();
    audit_.balances = std::move(balances_);
    return std::move(audit_);
}

Result<LedgerAudit> audit_ledger(const Store& store, Position after,
                                 const std::vector<bool>& acknowledged) {
    LedgerAuditor auditor;
    for (const auto& entry : read_as<ledger::Event>(store.read_all(
             {.from = after.next(), .query = QueryItem{.stream_prefix = "account-"}}))) {
        if (!entry) return entry.error();
        auditor.take(entry->event);
    }
    return auditor.finish(acknowledged);
}

}  // namespace mainstem::cli
