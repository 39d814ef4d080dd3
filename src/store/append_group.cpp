// Groups of requests, appended one after the other: right for every backend.
#include "store/append_group.hpp"

#include <mainstem/store/event_store.hpp>

#include "store/errors.hpp"

namespace mainstem {
namespace {

ExpectedVersion expected_of(const AppendRequest& request, const StreamId& stream) {
    for (const Expectation& expectation : request.expect) {
        if (expectation.stream == stream) return expectation.expected;
    }
    return Expect::any;
}

/// The answer to a request that names `stream`, which is among the unstored ones.
Result<Appended> refuse(EventStore& store, const AppendRequest& request, const StreamId& stream) {
    if (const auto checked = check_request(request); !checked) return checked.error();
    if (!request.events.empty()) {
        const auto known = store.find_request(request.events.front().event.id);
        if (!known) return known.error();
        if (*known) return store.append(request);  // a repeat, or its id with other content
    }
    const auto info = store.stream_info(stream);
    if (!info) return info.error();
    return unstored_error(stream, expected_of(request, stream), info->version, info->last_position);
}

}  // namespace

void UnstoredStreams::add(const AppendRequest& request) {
    for (const Expectation& expectation : request.expect) names_.insert(expectation.stream.view());
    for (const StreamEvent& entry : request.events) names_.insert(entry.stream.view());
}

const StreamId* UnstoredStreams::find(const AppendRequest& request) const {
    if (names_.empty()) return nullptr;
    for (const Expectation& expectation : request.expect) {
        if (names_.contains(expectation.stream.view())) return &expectation.stream;
    }
    for (const StreamEvent& entry : request.events) {
        if (names_.contains(entry.stream.view())) return &entry.stream;
    }
    return nullptr;
}

std::vector<Result<Appended>> EventStore::append_group(const std::vector<AppendRequest>& requests) {
    UnstoredStreams unstored;
    std::vector<Result<Appended>> answers;
    answers.reserve(requests.size());
    for (const AppendRequest& request : requests) {
        const StreamId* stream = unstored.find(request);
        answers.push_back(stream != nullptr ? refuse(*this, request, *stream) : append(request));
        if (!answers.back() || answers.back()->repeated) unstored.add(request);
    }
    return answers;
}

}  // namespace mainstem
