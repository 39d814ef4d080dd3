// The verb `verify`: reads a whole log, checks everything, changes nothing, and names each damage.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <mainstem/log/open.hpp>

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/json_object.hpp"
#include "cli/open_store.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/verbs.hpp"

namespace mainstem::cli {
namespace {

struct VerifyOptions {
    std::string store;
    Format format = Format::table;
};

std::string as_json(const LogDamage& damage) {
    return JsonObject{}
        .text("file", damage.file)
        .number("offset", damage.offset)
        .number("position", damage.position.value)
        .text("what", damage.what)
        .boolean("in_index", damage.in_index)
        .str();
}

std::string as_line(const LogReport& report) {
    std::vector<std::string> damages;
    damages.reserve(report.damages.size());
    for (const auto& damage : report.damages) damages.push_back(as_json(damage));
    return JsonObject{}
               .number("events", report.events)
               .number("segments", report.segments)
               .number("bytes", report.bytes)
               .number("head", report.head.value)
               .number("unacknowledged_bytes", report.unacknowledged_bytes)
               .json("damages", json_array(damages))
               .str() +
           '\n';
}

std::string verdict(const LogReport& report) {
    if (report.damages.empty()) return "whole";
    const auto places = fmt::format("damaged in {}", counted(report.damages.size(), "place"));
    const bool only_indexes = std::ranges::all_of(report.damages, &LogDamage::in_index);
    return only_indexes ? places + ", only in indexes: no event is lost" : places;
}

std::string as_table(const LogReport& report) {
    Listing listing;
    listing.add("events", with_thousands(report.events));
    listing.add("segments", with_thousands(report.segments));
    listing.add("bytes",
                fmt::format("{} ({})", with_thousands(report.bytes), human_bytes(report.bytes)));
    listing.add("head", fmt::format("position {}", with_thousands(report.head.value)));
    if (report.unacknowledged_bytes > 0) {
        listing.add("tail", fmt::format("{} never acknowledged; the next append cuts them",
                                        counted(report.unacknowledged_bytes, "byte")));
    }
    for (const auto& damage : report.damages) {
        const auto position = damage.position.value == 0
                                  ? std::string{}
                                  : fmt::format(", position {}", damage.position.value);
        listing.add("damage", fmt::format("{}, offset {}{}: {}", damage.file, damage.offset,
                                          position, damage.what));
    }
    listing.add("verdict", verdict(report));
    return listing.text();
}

/// What the exit code 4 stands for, and what to do.
Error damaged(const std::string& store, const LogReport& report) {
    const auto in_log = std::ranges::find(report.damages, false, &LogDamage::in_index);
    const bool only_indexes = in_log == report.damages.end();
    const auto& first = only_indexes ? report.damages.front() : *in_log;
    const auto* const advice =
        only_indexes ? "no event is lost: mainstem index rebuild --all makes the index files anew"
                     : "mainstem read --up-to-damage prints what lies before";
    return {StoreError::damaged,
            fmt::format("{} is damaged in {}, first in {} at offset {}: {}; {}", in_quotes(store),
                        counted(report.damages.size(), "place"), first.file, first.offset,
                        first.what, advice)};
}

Result<void> verify(const VerifyOptions& options) {
    Progress progress{"verify", "byte"};
    std::uint64_t done = 0;
    const auto report =
        verify_log(options.store, [&](std::uint64_t done_bytes, std::uint64_t total_bytes) {
            progress.set_total(total_bytes);
            progress.update(done_bytes, done_bytes);
            done = done_bytes;
            return !interrupt_requested();
        });
    progress.clear();
    if (!report && report.error() == StoreError::not_found) return no_store(options.store);
    if (!report) return report.error();

    if (!report->complete) {
        return interrupted(fmt::format("interrupted after {}; {} found up to there",
                                       human_bytes(done),
                                       counted(report->damages.size(), "damaged place")));
    }
    Output output;
    output.write(options.format == Format::jsonl ? as_line(*report) : as_table(*report));
    if (auto flushed = output.flush(); !flushed) return flushed;
    return report->damages.empty() ? Result<void>{} : damaged(options.store, *report);
}

}  // namespace

void add_verify(CLI::App& program, Action& action) {
    const auto options = std::make_shared<VerifyOptions>();
    auto& verb = add_verb(program, "verify",
                          "Check every byte of a store; changes nothing, ends with 4 on damage",
                          "  mainstem verify --store orders");
    add_store_directory(verb, options->store);
    add_format(verb, options->format);
    set_action(verb, action, [options] { return verify(*options); });
}

}  // namespace mainstem::cli
