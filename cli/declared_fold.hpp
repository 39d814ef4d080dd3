// Folds events as a projection file says.
#pragma once

#include <memory>

#include <mainstem/projection/projection.hpp>

#include "cli/projection_file.hpp"

namespace mainstem::cli {

[[nodiscard]] std::unique_ptr<Fold> declared_fold(std::shared_ptr<const ProjectionFile> file,
                                                  const FoldBegin& begin);

}  // namespace mainstem::cli
