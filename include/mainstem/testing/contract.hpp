// The contract that every backend of EventStore keeps, as typed GoogleTest suites, one for each
// concept, for the tests of any backend, also of one that is not Mainstem's. A backend takes part
// in three steps, in a source of a test program that links GTest::gtest_main:
//
//   struct MyBackend {
//       static constexpr mainstem::Bytes largest_request = mainstem::limits::request;
//       mainstem::Result<mainstem::Store> open(const mainstem::Clock& clock);
//   };
//   MAINSTEM_STORE_CONTRACT(My, MyBackend);
//
// See ContractBackend (contract/fixture.hpp) for what its members mean. Each test has a backend of
// its own. No test sleeps or depends on speed; random ones name their seed and take it from the
// environment variable MAINSTEM_SEED. Of the headers in contract/ none is to be included for
// itself.
#pragma once

#include <mainstem/testing/contract/append_contract.hpp>
#include <mainstem/testing/contract/async_contract.hpp>
#include <mainstem/testing/contract/concurrency_contract.hpp>
#include <mainstem/testing/contract/condition_contract.hpp>
#include <mainstem/testing/contract/expectation_contract.hpp>
#include <mainstem/testing/contract/following_contract.hpp>
#include <mainstem/testing/contract/group_contract.hpp>
#include <mainstem/testing/contract/group_race_contract.hpp>
#include <mainstem/testing/contract/limit_contract.hpp>
#include <mainstem/testing/contract/listing_contract.hpp>
#include <mainstem/testing/contract/model_contract.hpp>
#include <mainstem/testing/contract/paging_contract.hpp>
#include <mainstem/testing/contract/read_contract.hpp>
#include <mainstem/testing/contract/repeat_contract.hpp>
#include <mainstem/testing/contract/subscription_contract.hpp>
#include <mainstem/testing/contract/together_contract.hpp>
#include <mainstem/testing/contract/visibility_contract.hpp>

/// Runs the whole contract against `Backend`, under the test suites `Name/...`. Once in a program
/// for each name, outside of any function and any namespace, with a semicolon.
#define MAINSTEM_STORE_CONTRACT(Name, Backend)                                            \
    using MainstemContract##Name = Backend;                                               \
    static_assert(::mainstem::testing::contract::ContractBackend<MainstemContract##Name>, \
                  #Backend " lacks what ContractBackend asks for");                       \
    namespace mainstem::testing::contract {                                               \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, AppendContract, ::MainstemContract##Name);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, AsyncContract, ::MainstemContract##Name);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ConcurrencyContract, ::MainstemContract##Name);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ConditionContract, ::MainstemContract##Name);    \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ExpectationContract, ::MainstemContract##Name);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, FollowingContract, ::MainstemContract##Name);    \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, GroupContract, ::MainstemContract##Name);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, GroupRaceContract, ::MainstemContract##Name);    \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, LimitContract, ::MainstemContract##Name);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ListingContract, ::MainstemContract##Name);      \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ModelContract, ::MainstemContract##Name);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, PagingContract, ::MainstemContract##Name);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ReadContract, ::MainstemContract##Name);         \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, RepeatContract, ::MainstemContract##Name);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, TogetherContract, ::MainstemContract##Name);     \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, SubscriptionContract, ::MainstemContract##Name); \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, VisibilityContract, ::MainstemContract##Name);   \
    }                                                                                     \
    static_assert(true)
