// The read model in memory: the reference that every other backend is compared with. Simple,
// complete, gone with its last handle.
#pragma once

#include <memory>

#include <mainstem/read_model/model_store.hpp>

namespace mainstem {

/// An empty model.
std::shared_ptr<ModelStore> open_memory_model();

}  // namespace mainstem
