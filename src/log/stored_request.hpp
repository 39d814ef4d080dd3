// Requests as they are stored, one to a frame: found by the id of the first event, read, verified
// and compared.
#pragma once

#include "log/request.hpp"
#include "log/segments.hpp"

namespace mainstem::log {

/// Looks for an earlier request with the same id in segments `[begin, end)` of the list. nullopt:
/// there is none. The same content: its answer, marked as a repeat. Other content: id_reused.
Result<std::optional<Result<Appended>>> repeat_in(const SegmentList& list, std::size_t begin,
                                                  std::size_t end, const EncodedRequest& request);

/// Compares a request with the one that is stored with its first event at `ordinal`. nullopt: that
/// event does not begin a request or has another id.
Result<std::optional<Result<Appended>>> compare_stored(Segment& segment, Ordinal ordinal,
                                                       const EncodedRequest& request);

/// The answer that the request whose first event has this id was given, marked as a repeat; nullopt
/// if there is none in the segment. Of the last one, it sees what is visible. For any thread.
/// Errors: damaged, newer_format, io.
Result<std::optional<Appended>> stored_answer(Segment& segment, const EventId& id);
/// The same for the first `segments` of the list, all of them sealed.
Result<std::optional<Appended>> stored_answer_in(const SegmentList& list, std::size_t segments,
                                                 const EventId& id);

}  // namespace mainstem::log
