// The contract that every backend of ModelStore keeps, as typed GoogleTest suites, one for each
// concept, for the tests of any backend, also of one that is not Mainstem's. A backend takes part
// in three steps, in a source of a test program that links GTest::gtest_main:
//
//   struct MyBackend {
//       mainstem::Result<std::shared_ptr<mainstem::ModelStore>> open();
//   };
//   MAINSTEM_MODEL_CONTRACT(My, MyBackend);
//
// See ModelBackend (model_contract/fixture.hpp) for what `open` means. Each test has a backend of
// its own. No test sleeps or depends on speed; random ones name their seed and take it from the
// environment variable MAINSTEM_SEED. Of the headers in model_contract/ none is to be included for
// itself.
#pragma once

#include <mainstem/testing/model_contract/build_contract.hpp>
#include <mainstem/testing/model_contract/commit_contract.hpp>
#include <mainstem/testing/model_contract/declare_contract.hpp>
#include <mainstem/testing/model_contract/find_contract.hpp>
#include <mainstem/testing/model_contract/lead_contract.hpp>
#include <mainstem/testing/model_contract/random_contract.hpp>
#include <mainstem/testing/model_contract/runner_contract.hpp>
#include <mainstem/testing/model_contract/sharing_contract.hpp>
#include <mainstem/testing/model_contract/unique_contract.hpp>

/// Runs the whole contract against `Backend`, under the test suites `Name/...`. Once in a program
/// for each name, outside of any function and any namespace, with a semicolon.
#define MAINSTEM_MODEL_CONTRACT(Name, Backend)                                                    \
    using MainstemModelContract##Name = Backend;                                                  \
    static_assert(::mainstem::testing::model_contract::ModelBackend<MainstemModelContract##Name>, \
                  #Backend " lacks what ModelBackend asks for");                                  \
    namespace mainstem::testing::model_contract {                                                 \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, BuildContract, ::MainstemModelContract##Name);           \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, CommitContract, ::MainstemModelContract##Name);          \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, DeadLetterContract, ::MainstemModelContract##Name);      \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, DeclareContract, ::MainstemModelContract##Name);         \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, FindContract, ::MainstemModelContract##Name);            \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, LeadContract, ::MainstemModelContract##Name);            \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, RandomDocumentsContract, ::MainstemModelContract##Name); \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, SharingContract, ::MainstemModelContract##Name);         \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, UniqueIndexContract, ::MainstemModelContract##Name);     \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, WishContract, ::MainstemModelContract##Name);            \
    }                                                                                             \
    static_assert(true)
