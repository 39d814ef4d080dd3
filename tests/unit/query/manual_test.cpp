// The examples of docs/manual/document-queries.md: each has the answer that stands beside it.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mainstem/query/query.hpp>

#include "support/json_document.hpp"
#include "support/paths.hpp"

namespace mainstem {
namespace {

/// A row of two cells, without backquotes; nothing if the line is none.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> found;
    std::size_t at = 0;
    while (line.starts_with("| ") && at + 2 < line.size()) {
        const auto end = line.find(" |", at + 2);
        if (end == std::string::npos) break;
        auto cell = line.substr(at + 2, end - at - 2);
        if (cell.starts_with('`')) cell = cell.substr(1, cell.size() - 2);
        found.push_back(cell);
        at = end + 1;
    }
    return found;
}

struct Manual {
    std::vector<JsonDocument> documents;
    std::vector<std::vector<std::string>> queries;
};

Manual manual() {
    Manual read;
    std::ifstream file{support::source_folder() / "docs/manual/document-queries.md"};
    for (std::string line; std::getline(file, line);) {
        const auto row = cells(line);
        if (row.size() != 2) continue;
        if (row[1].starts_with("{\"") && row[0].find(' ') == std::string::npos) {
            read.documents.emplace_back(row[0], row[1]);
        } else if (row[0].starts_with("select ") || row[0].starts_with("from ")) {
            read.queries.push_back(row);
        }
    }
    return read;
}

std::string answer(const std::string& text, const std::vector<JsonDocument>& documents) {
    const auto query = parse_document_query(text);
    if (!query) return query.error().message();
    query::Scan scan{*query};
    for (const auto& document : documents) scan.add(document.view());
    std::string rows;
    for (const auto& row : scan.finish().value().documents) {
        rows += (rows.empty() ? "" : " ") + row.json;
    }
    return rows;
}

TEST(DocumentQueriesManual, tells_what_is_answered) {
    const auto read = manual();
    EXPECT_EQ(read.documents.size(), 4U);
    EXPECT_GE(read.queries.size(), 12U);
    for (const auto& row : read.queries)
        EXPECT_EQ(answer(row[0], read.documents), row[1]) << row[0];
}

}  // namespace
}  // namespace mainstem
