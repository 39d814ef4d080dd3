// The contract that every backend of EventStore keeps, as typed GoogleTest suites, one for each
// concept. A backend takes part in three steps:
//
//   struct MyBackend {
//       static constexpr mainstem::Bytes largest_request = mainstem::limits::request;
//       mainstem::Result<mainstem::Store> open(const mainstem::Clock& clock);
//   };
//   MAINSTEM_STORE_CONTRACT(MyBackend, MyBackend);
//
// See ContractBackend (fixture.hpp) for what its members mean. Each test has a Backend of its own.
// No test sleeps or depends on speed; random ones name their seed and take it from MAINSTEM_SEED.
#pragma once

#include "contract/append_contract.hpp"
#include "contract/async_contract.hpp"
#include "contract/concurrency_contract.hpp"
#include "contract/condition_contract.hpp"
#include "contract/expectation_contract.hpp"
#include "contract/following_contract.hpp"
#include "contract/limit_contract.hpp"
#include "contract/listing_contract.hpp"
#include "contract/model_contract.hpp"
#include "contract/paging_contract.hpp"
#include "contract/read_contract.hpp"
#include "contract/repeat_contract.hpp"
#include "contract/subscription_contract.hpp"
#include "contract/together_contract.hpp"
#include "contract/visibility_contract.hpp"

/// Runs the whole contract against `Backend`, under the test suites `Name/...`. Once in a program
/// for each name, outside of any function and in the namespace mainstem::contract.
#define MAINSTEM_STORE_CONTRACT(Name, Backend)                           \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, AppendContract, Backend);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, AsyncContract, Backend);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ConcurrencyContract, Backend);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ConditionContract, Backend);    \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ExpectationContract, Backend);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, FollowingContract, Backend);    \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, LimitContract, Backend);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ListingContract, Backend);      \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ModelContract, Backend);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, PagingContract, Backend);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, ReadContract, Backend);         \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, RepeatContract, Backend);       \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, TogetherContract, Backend);     \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, SubscriptionContract, Backend); \
    INSTANTIATE_TYPED_TEST_SUITE_P(Name, VisibilityContract, Backend)
