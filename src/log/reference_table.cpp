// The table's growth and insertion.
#include "log/reference_table.hpp"

namespace mainstem::log {
namespace {

constexpr std::size_t first_size = 1024;

}  // namespace

ReferenceTable::Table::Table(std::size_t size)
    : mask(size - 1),
      memory(size * sizeof *slots),
      slots(reinterpret_cast<std::atomic<std::uint32_t>*>(memory.data())) {
    std::uninitialized_value_construct_n(slots, size);
}

ReferenceTable::ReferenceTable() {
    tables_.push_back(std::make_unique<Table>(first_size));
    table_.store(tables_.back().get(), std::memory_order_release);
}

ReferenceTable::Table& ReferenceTable::grow() {
    tables_.push_back(std::make_unique<Table>(2 * (tables_.back()->mask + 1)));
    return *tables_.back();
}

void ReferenceTable::insert(Table& table, std::uint64_t hash, std::uint32_t reference) noexcept {
    std::size_t at = hash & table.mask;
    while (table.slots[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & table.mask;
    table.slots[at].store(reference + 1, std::memory_order_release);
}

}  // namespace mainstem::log
