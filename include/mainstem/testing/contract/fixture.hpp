// What a backend gives to the contract suite, and the fixture that its tests share.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include <mainstem/core/clock.hpp>
#include <mainstem/store/store.hpp>

namespace mainstem::testing::contract {

/// A backend under test: made for each test, and with it an empty store.
///
/// `open(clock)` opens that store. It is called again only after every handle and cursor of the
/// call before is gone, and then opens the same store with all its events; a backend whose stores
/// end with their handles keeps one. The recorded times of events are taken from `clock`, which
/// outlives all handles; no event need be recorded before the store was made.
///
/// `largest_request` is the size of the largest request that the backend takes, with about a
/// hundred bytes for each event. At least 16 KiB.
template <class Backend>
concept ContractBackend =
    std::default_initializable<Backend> && requires(Backend backend, const Clock& clock) {
        { backend.open(clock) } -> std::same_as<Result<Store>>;
        { Backend::largest_request } -> std::convertible_to<Bytes>;
    };

/// An open store whose clock stands still until a test moves it.
template <ContractBackend Backend>
class StoreContract : public ::testing::Test {
protected:
    static constexpr Timestamp start = std::chrono::sys_days{std::chrono::year{2024} / 5 / 17};

    StoreContract() { open(); }

    Store& store() { return *store_; }
    ManualClock& clock() { return clock_; }

    /// Closes the store; only `open` may follow. No cursor may be left.
    void close() { store_.reset(); }
    void open() { store_ = backend_->open(clock_).value(); }
    void reopen() {
        close();
        open();
    }
    /// Goes on with another store, which is empty, at the first time.
    void start_over() {
        close();
        backend_ = std::make_unique<Backend>();
        clock_.set(start);
        open();
    }

    static constexpr Bytes largest_request = Backend::largest_request;

private:
    ManualClock clock_{start};
    std::unique_ptr<Backend> backend_ = std::make_unique<Backend>();
    std::optional<Store> store_;
};

}  // namespace mainstem::testing::contract
