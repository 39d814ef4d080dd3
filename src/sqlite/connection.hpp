// The seam to SQLite: a connection and its prepared statements, with errors as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <mainstem/core/result.hpp>
#include <mainstem/query/filter.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace mainstem::sqlite {

/// A prepared statement while it is used; then it is ready for the next use.
class Statement {
public:
    /// Shared with the connection, which may forget it while it is used.
    explicit Statement(std::shared_ptr<sqlite3_stmt> statement)
        : statement_(std::move(statement)) {}
    ~Statement();
    Statement(Statement&&) noexcept = default;
    Statement& operator=(Statement&&) = delete;

    // Parameters in their order. What a text refers to must outlive the steps.
    Statement& bind(std::string_view text);
    Statement& bind(std::int64_t number);
    Statement& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
    Statement& bind(double number);
    Statement& bind_value(const FieldValue& value);
    /// What was bound is kept, until the first parameter is bound again.
    void again();

    /// True: there is a row.
    Result<bool> step();
    /// For statements without rows, or whose rows do not matter.
    Result<void> run();

    // Of the row, counted from 0; valid until the next step.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::uint64_t number(int column) const {
        return static_cast<std::uint64_t>(integer(column));
    }
    [[nodiscard]] FieldValue value(int column) const;

private:
    std::shared_ptr<sqlite3_stmt> statement_;
    int bound_ = 0;
};

/// One thread at a time.
class Connection {
public:
    /// Opens a file, which is made if `create` says so. `busy`: how long to wait for other writers.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, bool create,
                                                    std::chrono::milliseconds busy);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Statements without parameters, of which no row matters.
    Result<void> run(const std::string& sql);
    /// The statement of this text, prepared once; one use at a time.
    Result<Statement> prepare(std::string_view sql);
    /// Rows that the last statement has changed.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] sqlite3* handle() const noexcept { return database_; }
    /// Calls of `touched(_id)` in statements since the last call of this.
    std::uint64_t take_touched() { return std::exchange(touched_, 0); }

private:
    explicit Connection(sqlite3* database);

    sqlite3* database_;
    std::unordered_map<std::string, std::shared_ptr<sqlite3_stmt>> statements_;
    std::uint64_t touched_ = 0;
};

/// Rolled back unless committed.
class Transaction {
public:
    enum class Kind : std::uint8_t { read, write };

    static Result<Transaction> begin(Connection& connection, Kind kind);
    ~Transaction();
    Transaction(Transaction&& other) noexcept
        : connection_(std::exchange(other.connection_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;

    Result<void> commit();

private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}

    Connection* connection_;
};

/// `"name"`, with quotes in it doubled.
[[nodiscard]] std::string quoted_name(std::string_view name);
/// `'text'`, with quotes in it doubled.
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace mainstem::sqlite
