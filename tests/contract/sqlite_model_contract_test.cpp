// The read model in a file keeps the contract.
#include <mainstem/sqlite/open.hpp>
#include <mainstem/testing/model_contract.hpp>

#include "support/temporary_folder.hpp"

namespace mainstem {
namespace {

class SqliteModelBackend {
public:
    Result<std::shared_ptr<ModelStore>> open() {
        return open_sqlite_model(folder_.path() + "/model.sqlite");
    }

private:
    support::TemporaryFolder folder_;
};

}  // namespace
}  // namespace mainstem

MAINSTEM_MODEL_CONTRACT(SqliteModel, mainstem::SqliteModelBackend);
