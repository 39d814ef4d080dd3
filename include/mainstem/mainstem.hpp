// All of Mainstem except adapters and the test kit.
#pragma once

#include <mainstem/command/batch_processor.hpp>
#include <mainstem/command/bus.hpp>
#include <mainstem/command/command_batcher.hpp>
#include <mainstem/command/executor.hpp>
#include <mainstem/command/parallel.hpp>
#include <mainstem/core/clock.hpp>
#include <mainstem/core/error.hpp>
#include <mainstem/core/limits.hpp>
#include <mainstem/core/result.hpp>
#include <mainstem/core/types.hpp>
#include <mainstem/event/codec.hpp>
#include <mainstem/event/event.hpp>
#include <mainstem/projection/projection.hpp>
#include <mainstem/projection/reaction.hpp>
#include <mainstem/projection/runner.hpp>
#include <mainstem/projection/verify.hpp>
#include <mainstem/query/filter.hpp>
#include <mainstem/query/query.hpp>
#include <mainstem/query/typed_query.hpp>
#include <mainstem/read_model/read_model.hpp>
#include <mainstem/store/append.hpp>
#include <mainstem/store/event_store.hpp>
#include <mainstem/store/read.hpp>
#include <mainstem/store/store.hpp>
#include <mainstem/store/typed_events.hpp>
