// The verb `query`: documents of a read model, found by a query's text.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mainstem/read_model/read_model.hpp>

#include "cli/document_printer.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/messages.hpp"
#include "cli/model_options.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct DocumentQueryOptions {
    std::string text;
    std::string model;
    bool explain = false;
    RowFormat format = RowFormat::table;
};

/// Documents that are fetched at once.
constexpr std::uint64_t page = 1'000;

std::string_view name_of(QueryPlan::Way way) {
    switch (way) {
        case QueryPlan::Way::key: return "key";
        case QueryPlan::Way::index: return "index";
        case QueryPlan::Way::scan: return "scan";
    }
    return "scan";
}

Result<void> explain(const ReadModel& model, const DocumentQuery& query, RowFormat format) {
    const auto begin = std::chrono::steady_clock::now();
    const auto plan = model.explain(query);
    if (!plan) return plan.error();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (format == RowFormat::jsonl) {
        return write_result(JsonObject{}
                                .text("way", name_of(plan->way))
                                .text("index", plan->index)
                                .boolean("sorted", plan->sorted)
                                .number("touched", plan->touched)
                                .number("found", plan->found)
                                .decimal("milliseconds", took.count())
                                .text("details", plan->details)
                                .str() +
                            '\n');
    }
    Listing listing;
    listing.add("query", to_string(query));
    listing.add("way", plan->index.empty() ? std::string{name_of(plan->way)}
                                           : fmt::format("index {}", plan->index));
    listing.add("documents looked at", fmt::format("{}", plan->touched));
    listing.add("rows found", fmt::format("{}", plan->found));
    listing.add("sorted apart", plan->sorted ? "yes" : "no");
    listing.add("time", fmt::format("{:.2f} ms", took.count()));
    // A line each, in the words of the database.
    for (std::string_view rest = plan->details; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        listing.add("details", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return write_result(listing.text());
}

/// Page after page, unless the query wants groups or leaves some out: then it is one. Answers the
/// mark to go on after where a limit has cut the answer.
Result<std::string> print_all(const ReadModel& model, DocumentQuery query, DocumentPrinter& printer,
                              const Output& output) {
    const bool in_pages = !query.groups() && query.offset == 0;
    auto left = query.limit;
    while (output.wanted() && !interrupt_requested()) {
        if (in_pages) query.limit = std::min(left, page);
        const auto found = model.find(query);
        if (!found) return found.error();
        const auto& documents = found->documents;
        left -= std::min<std::uint64_t>(left, documents.size());
        const bool last = !in_pages || found->next.empty() || left == 0;
        const auto next = in_pages && last ? found->next : std::string{};
        for (const auto& document : documents) {
            printer.add(document, &document == &documents.back() ? next : std::string_view{});
        }
        if (last) return next;
        query.after = found->next;
    }
    if (interrupt_requested()) return interrupted("interrupted; the answer is not whole");
    return std::string{};
}

/// A mark that is none is found when the query is run; it is as wrong as any other word of it.
Error placed(const Error& error, const std::string& text, const DocumentQuery& query) {
    constexpr std::string_view part = "after: ";
    const std::string_view message = error.message();
    if (query.after.empty() || error != QueryError::invalid || !message.starts_with(part)) {
        return error;
    }
    // Marks have no quotes within; it is the last word of a query.
    auto at = text.rfind('\'' + query.after + '\'');
    if (at == std::string::npos) at = text.rfind('"' + query.after + '"');
    if (at == std::string::npos) return wrong_usage(std::string{message});
    const auto column = display_width(std::string_view{text}.substr(0, at)) + 1;
    return wrong_usage(fmt::format("column {} of the query, at {}: {}", column,
                                   text.substr(at, query.after.size() + 2),
                                   message.substr(part.size())));
}

Result<void> check_collection_name(const ReadModel& model, const std::string& name) {
    const auto all = model.collections();
    if (!all) return all.error();
    std::vector<std::string> names;
    for (const auto& info : *all) names.push_back(info.collection.name);
    if (std::ranges::find(names, name) != names.end()) return {};
    return not_there("collection", name, names);
}

Result<void> run(const DocumentQueryOptions& options) {
    if (options.explain && options.format == RowFormat::csv) {
        return wrong_usage("--explain has no CSV; it takes --format table or jsonl");
    }
    auto query = parse_document_query(options.text);
    if (!query) return wrong_usage(query.error().message());
    const auto model = open_model(options.model);
    if (!model) return model.error();
    if (auto known = check_collection_name(*model, query->collection); !known) return known;
    if (options.explain) {
        const auto done = explain(*model, *query, options.format);
        return done ? done : placed(done.error(), options.text, *query);
    }
    Output output;
    DocumentPrinter printer{output, options.format};
    const auto next = print_all(*model, *query, printer, output);
    if (next) printer.finish();
    if (next && options.format == RowFormat::table) {
        output.write(counted(printer.count(), "row") + "\n");
    }
    auto flushed = output.flush();
    if (!next) return placed(next.error(), options.text, *query);
    // Lines of JSON have it in the last one.
    if (!next->empty() && options.format != RowFormat::jsonl) {
        say(fmt::format("there are more; the query goes on with: after '{}'", *next));
    }
    return flushed;
}

}  // namespace

void add_query(CLI::App& program, Action& action) {
    const auto options = std::make_shared<DocumentQueryOptions>();
    auto& verb = add_verb(program, "query", "Find documents of a read model",
                          "  mainstem query \"from packages order by changes desc limit 10\" "
                          "--model model.sqlite");
    add_argument(verb, "QUERY",
                 "What to find: [select …] from COLLECTION [where …] [group by …] [order by …]",
                 options->text);
    add_model(verb, options->model);
    add_switch(verb, {.name = "--explain", .help = "Show how the query goes instead of its answer"},
               options->explain);
    add_choice(verb,
               {.name = "--format",
                .help = "How rows are printed",
                .takes = "table|jsonl|csv",
                .standard = "table"},
               "table, jsonl, csv", [options](const std::string& text) {
                   if (text == "jsonl") options->format = RowFormat::jsonl;
                   if (text == "csv") options->format = RowFormat::csv;
                   return text == "table" || text == "jsonl" || text == "csv";
               });
    set_action(verb, action, [options] { return run(*options); });
}

}  // namespace mainstem::cli
