// The verb `collection`: what a read model holds.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mainstem/query/query.hpp>
#include <mainstem/read_model/read_model.hpp>

#include "cli/json_object.hpp"
#include "cli/model_options.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct CollectionOptions {
    std::string model;
    std::string name;
    Format format = Format::table;
};

Result<std::vector<CollectionInfo>> read_all(const CollectionOptions& options) {
    const auto model = open_model(options.model);
    if (!model) return model.error();
    return model->collections();
}

Result<void> list(const CollectionOptions& options) {
    const auto all = read_all(options);
    if (!all) return all.error();
    Output output;
    if (options.format == Format::jsonl) {
        for (const auto& info : *all) {
            output.write(JsonObject{}
                             .text("collection", info.collection.name)
                             .text("projection", info.projection)
                             .number("documents", info.documents)
                             .number("position", info.position.value)
                             .json("declaration", to_json(info.collection))
                             .str() +
                         '\n');
        }
        return output.flush();
    }
    Table table{output,
                {{"COLLECTION"},
                 {"PROJECTION"},
                 {"DOCUMENTS", Align::right},
                 {"INDEXES", Align::right},
                 {"POSITION", Align::right}}};
    for (const auto& info : *all) {
        table.add({info.collection.name, info.projection, fmt::format("{}", info.documents),
                   fmt::format("{}", info.collection.indexes.size()),
                   fmt::format("{}", info.position.value)});
    }
    table.finish();
    return output.flush();
}

std::string describe(const Index& index) {
    auto text = fmt::format("{}{}", index.unique ? "unique, " : "", fmt::join(index.fields, ", "));
    if (!index.where.empty()) text += " where " + to_string(index.where);
    return text;
}

Result<void> describe(const CollectionOptions& options) {
    const auto all = read_all(options);
    if (!all) return all.error();
    std::vector<std::string> names;
    for (const auto& info : *all) names.push_back(info.collection.name);
    const auto found = std::ranges::find(names, options.name);
    if (found == names.end()) return not_there("collection", options.name, names);
    const auto& info = (*all)[static_cast<std::size_t>(found - names.begin())];
    if (options.format == Format::jsonl) return write_result(to_json(info.collection) + '\n');
    Listing listing;
    listing.add("collection", info.collection.name);
    listing.add("projection", info.projection);
    listing.add("documents", fmt::format("{}", info.documents));
    listing.add("position", fmt::format("{}", info.position.value));
    for (const auto& index : info.collection.indexes) {
        listing.add("index " + index.name, describe(index));
    }
    for (const auto& field : info.collection.fields) listing.add("field", field);
    return write_result(listing.text());
}

}  // namespace

void add_collection(CLI::App& program, Action& action) {
    const auto options = std::make_shared<CollectionOptions>();
    auto& verb = add_verb(program, "collection", "Show the collections of a read model",
                          "  mainstem collection list --model model.sqlite");
    require_verb(verb);
    auto& all = add_verb(verb, "list", "List the collections, with their documents",
                         "  mainstem collection list --model model.sqlite");
    add_model(all, options->model);
    add_format(all, options->format);
    set_action(all, action, [options] { return list(*options); });
    auto& one = add_verb(verb, "describe", "Show one collection and its indexes",
                         "  mainstem collection describe packages --model model.sqlite");
    add_argument(one, "NAME", "The name of the collection", options->name);
    add_model(one, options->model);
    add_format(one, options->format);
    set_action(one, action, [options] { return describe(*options); });
}

}  // namespace mainstem::cli
