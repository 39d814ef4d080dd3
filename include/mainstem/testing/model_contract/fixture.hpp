// What a backend of read models gives to the contract suite, and the fixture that its tests share.
#pragma once

#include <concepts>
#include <memory>

#include <gtest/gtest.h>

#include <mainstem/read_model/model_store.hpp>

namespace mainstem::testing::model_contract {

/// A backend under test: made for each test, and with it an empty model.
///
/// `open()` opens that model. It is called again while handles of former calls are there, and then
/// gives one more on the same model, as another process would have it; and after all are gone, and
/// then opens the same model with all that is in it. A backend whose models end with their handles
/// keeps one.
template <class Backend>
concept ModelBackend = std::default_initializable<Backend> && requires(Backend backend) {
    { backend.open() } -> std::same_as<Result<std::shared_ptr<ModelStore>>>;
};

/// An open model.
template <ModelBackend Backend>
class ModelStoreContract : public ::testing::Test {
protected:
    ModelStore& model() { return *model_; }
    /// One more handle.
    std::shared_ptr<ModelStore> another() { return backend_->open().value(); }

    /// No lead and no other handle may be left.
    void reopen() {
        model_.reset();
        model_ = another();
    }
    /// Goes on with another model, which is empty.
    void start_over() {
        model_.reset();
        backend_ = std::make_unique<Backend>();
        model_ = another();
    }

private:
    std::unique_ptr<Backend> backend_ = std::make_unique<Backend>();
    std::shared_ptr<ModelStore> model_ = another();
};

}  // namespace mainstem::testing::model_contract
