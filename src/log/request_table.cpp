// Adding and finding requests.
#include "log/request_table.hpp"

namespace mainstem::log {
namespace {

constexpr unsigned first_bits = 10;

std::uint32_t hash_in(std::uint64_t entry) { return static_cast<std::uint32_t>(entry >> 32); }
Ordinal ordinal_in(std::uint64_t entry) { return static_cast<Ordinal>(entry) - 1; }

}  // namespace

RequestTable::RequestTable() : table_(std::make_shared<Table>(first_bits)) {}

void RequestTable::Table::insert(std::uint64_t entry) noexcept {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = slot(hash_in(entry));
    while (slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & mask;
    // A reader needs no order with other memory: it goes by the count that is published later.
    slots[at].store(entry, std::memory_order_relaxed);
}

void RequestTable::Table::find(std::uint32_t hash, std::vector<Ordinal>& out) const {
    const std::size_t mask = slots.size() - 1;
    for (std::size_t at = slot(hash);; at = (at + 1) & mask) {
        const std::uint64_t entry = slots[at].load(std::memory_order_relaxed);
        if (entry == 0) return;
        if (hash_in(entry) == hash) out.push_back(ordinal_in(entry));
    }
}

void RequestTable::add(const Request& request) {
    if (2 * (count_ + 1) > table_->slots.size()) {
        auto larger = std::make_shared<Table>(64 - table_->shift + 1);
        for (const auto& slot : table_->slots) {
            const std::uint64_t entry = slot.load(std::memory_order_relaxed);
            if (entry != 0) larger->insert(entry);
        }
        const std::lock_guard lock{mutex_};
        table_.swap(larger);
    }
    table_->insert(std::uint64_t{request.hash} << 32 | (request.ordinal + 1));
    ++count_;
}

void RequestTable::find_beside(std::uint32_t hash, std::vector<Ordinal>& out) const {
    std::shared_ptr<const Table> table;
    {
        const std::lock_guard lock{mutex_};
        table = table_;
    }
    table->find(hash, out);
}

LargeVector<RequestTable::Request> RequestTable::all() const {
    LargeVector<Request> requests;
    requests.reserve(count_);
    for (const auto& slot : table_->slots) {
        const std::uint64_t entry = slot.load(std::memory_order_relaxed);
        if (entry != 0) requests.push_back({hash_in(entry), ordinal_in(entry)});
    }
    return requests;
}

}  // namespace mainstem::log
