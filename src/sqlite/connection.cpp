// The only file that calls SQLite, but for the functions that statements call.
#include "sqlite/connection.hpp"

#include <memory>
#include <variant>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <mainstem/read_model/read_model_error.hpp>

#include "sqlite/functions.hpp"

namespace mainstem::sqlite {
namespace {

/// Statements that a connection keeps; more are thrown away together.
constexpr std::size_t statements_kept = 256;

ReadModelError code_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT: return ReadModelError::not_unique;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return ReadModelError::busy;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return ReadModelError::damaged;
        case SQLITE_FULL: return ReadModelError::full;
        case SQLITE_CANTOPEN: return ReadModelError::not_found;
        default: return ReadModelError::failed;
    }
}

Error last_error(sqlite3* database) {
    const auto* const path = sqlite3_db_filename(database, nullptr);
    const auto code = sqlite3_extended_errcode(database);
    return {code_of(code), fmt::format("{}: {} (SQLite error {})", path == nullptr ? "" : path,
                                       sqlite3_errmsg(database), code)};
}

std::string quoted(std::string_view text, char quote) {
    std::string out{quote};
    for (const char c : text) {
        if (c == quote) out += quote;
        out += c;
    }
    return out += quote;
}

}  // namespace

Statement::~Statement() {
    if (!statement_) return;
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

// A parameter that cannot be bound (it is too large, memory is out) shows as null, which no
// statement here takes where it matters; sizes were checked before.
Statement& Statement::bind(std::string_view text) {
    // A null pointer would be null, not an empty text.
    const char* const data = text.data() == nullptr ? "" : text.data();
    sqlite3_bind_text64(statement_.get(), ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}
Statement& Statement::bind(std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), ++bound_, number);
    return *this;
}
Statement& Statement::bind(double number) {
    sqlite3_bind_double(statement_.get(), ++bound_, number);
    return *this;
}
Statement& Statement::bind_value(const FieldValue& value) {
    std::visit(
        [this](const auto& one) {
            using One = std::remove_cvref_t<decltype(one)>;
            if constexpr (std::is_same_v<One, FieldValue::Null>) {
                sqlite3_bind_null(statement_.get(), ++bound_);
            } else if constexpr (std::is_same_v<One, std::string>) {
                bind(std::string_view{one});
            } else {
                bind(one);
            }
        },
        value.get());
    return *this;
}

void Statement::again() {
    sqlite3_reset(statement_.get());
    bound_ = 0;
}

Result<bool> Statement::step() {
    switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: return last_error(sqlite3_db_handle(statement_.get()));
    }
}

Result<void> Statement::run() {
    while (true) {
        auto row = step();
        if (!row) return std::move(row).error();
        if (!*row) return {};
    }
}

std::string_view Statement::text(int column) const {
    const auto* const data = sqlite3_column_text(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return {reinterpret_cast<const char*>(data), data == nullptr ? 0 : size};
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
FieldValue Statement::value(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
        case SQLITE_INTEGER: return integer(column);
        case SQLITE_FLOAT: return sqlite3_column_double(statement_.get(), column);
        case SQLITE_TEXT: return text(column);
        default: return {};
    }
}

Connection::Connection(sqlite3* database) : database_(database) {
    add_functions(database_, touched_);
}

Connection::~Connection() {
    statements_.clear();
    sqlite3_close_v2(database_);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, bool create,
                                                     std::chrono::milliseconds busy) {
    // A new file is its owner's alone, as a log is. One that is there is not opened here: closing
    // it would drop the locks that SQLite has on it elsewhere in this process.
    if (create) {
        const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (made >= 0) ::close(made);
    }
    sqlite3* database = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
    std::unique_ptr<Connection> connection{new Connection{database}};
    if (code != SQLITE_OK) {
        return Error{code_of(code), fmt::format("{}: {}", path, sqlite3_errstr(code))};
    }
    sqlite3_busy_timeout(database, static_cast<int>(busy.count()));
    if (auto done = connection->run("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;");
        !done) {
        return std::move(done).error();
    }
    return connection;
}

Result<void> Connection::run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return last_error(database_);
}

Result<Statement> Connection::prepare(std::string_view sql) {
    std::string text{sql};
    if (const auto found = statements_.find(text); found != statements_.end()) {
        return Statement{found->second};
    }
    if (statements_.size() == statements_kept) statements_.clear();
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_, text.c_str(), static_cast<int>(text.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return last_error(database_);
    }
    const auto kept = statements_.emplace(
        std::move(text), std::shared_ptr<sqlite3_stmt>{statement, sqlite3_finalize});
    return Statement{kept.first->second};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(database_); }

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
    auto begin = connection.prepare(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
    if (!begin) return std::move(begin).error();
    if (auto done = begin->run(); !done) return std::move(done).error();
    return Transaction{connection};
}

Transaction::~Transaction() {
    if (connection_ == nullptr) return;
    if (auto rollback = connection_->prepare("ROLLBACK")) static_cast<void>(rollback->step());
}

Result<void> Transaction::commit() {
    auto commit = connection_->prepare("COMMIT");
    if (!commit) return std::move(commit).error();
    auto done = commit->run();
    if (done) connection_ = nullptr;
    return done;
}

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }
std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace mainstem::sqlite
