// Uses of columns, and the event that a row's cells make.
#include "cli/import_event.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mainstem/core/time_text.hpp>

#include "cli/arguments.hpp"
#include "cli/messages.hpp"
#include "cli/text.hpp"

namespace mainstem::cli {

std::string list_of(const std::vector<std::string>& columns) {
    if (columns.empty()) return "there are none";
    std::vector<std::string> shown;
    shown.reserve(columns.size());
    for (const auto& column : columns) shown.push_back(in_quotes(column));
    return fmt::format("there are {}", fmt::join(shown, ", "));
}

ColumnUse use_of(const ImportMapping& mapping, std::string_view column) {
    return {.stream = column == mapping.stream,
            .type = column == mapping.type,
            .time = !mapping.time.empty() && column == mapping.time,
            .tag = std::ranges::find(mapping.tags, column) != mapping.tags.end()};
}

Result<void> check_columns(const ImportMapping& mapping, const std::vector<std::string>& present) {
    std::vector<std::pair<std::string_view, std::string>> wanted{
        {"--stream", mapping.stream}, {"--type", mapping.type}, {"--time", mapping.time}};
    for (const auto& tag : mapping.tags) wanted.emplace_back("--tag", tag);
    for (const auto& [flag, column] : wanted) {
        if (flag == "--time" && column.empty()) continue;
        if (std::ranges::find(present, column) != present.end()) continue;
        return wrong_usage(fmt::format("{}: the file has no column {}; {}", flag, in_quotes(column),
                                       list_of(present)));
    }
    return {};
}

void EventBuilder::add(ColumnUse use, std::string_view column, std::string_view value) {
    if (use.stream) {
        has_stream_ = true;
        stream_ = mapping_->stream_prefix;
        stream_ += value;
    }
    if (use.type) {
        has_type_ = true;
        event_.type = value;
    }
    if (use.time) time_ = value;
    if (use.tag && !value.empty()) event_.tags.emplace_back(fmt::format("{}={}", column, value));
}

std::string& EventBuilder::begin_member(std::string_view name) {
    if (payload_.size() > 1) payload_ += ',';
    payload_ += name;
    payload_ += ':';
    return payload_;
}

void EventBuilder::add_member(std::string_view name, std::string_view value) {
    begin_member(name) += value;
}

void EventBuilder::finish(ImportRow& row) && {
    if (!has_stream_) return set_fault(row, "no field " + in_quotes(mapping_->stream));
    if (!has_type_) return set_fault(row, "no field " + in_quotes(mapping_->type));
    if (!mapping_->time.empty()) {
        const auto time = parse_time(time_.value_or(""));
        if (!time) {
            return set_fault(row, no_time(mapping_->time, time_.value_or("")));
        }
        event_.occurred_at = *time;
    }
    payload_ += '}';
    event_.data = std::move(payload_);
    row.kind = ImportRow::Kind::event;
    row.entry = {.stream = std::move(stream_), .event = std::move(event_)};
    check_entry(row);
}

void set_fault(ImportRow& row, std::string fault) {
    row.kind = ImportRow::Kind::fault;
    row.fault = std::move(fault);
}

void check_entry(ImportRow& row) {
    AppendRequest request;
    request.events.push_back(std::move(row.entry));
    const auto checked = check_request(request);
    row.entry = std::move(request.events.front());
    if (!checked) set_fault(row, reason_for_one(checked.error()));
}

}  // namespace mainstem::cli
