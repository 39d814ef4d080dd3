// An append request as the writer takes it: encoded by its caller but for what only the writer
// knows (versions, positions, time), with each stream named once.
#pragma once

#include <vector>

#include <mainstem/store/append.hpp>

#include "log/frame.hpp"
#include "log/memory_index.hpp"
#include "log/term_query.hpp"

namespace mainstem::log {

/// A stream's last event: version 0 if there is none.
struct StreamHead {
    Version version;
    Position position;
};

/// One stream of a request, checked only or with events.
struct RequestStream {
    StreamKey key;
    ExpectedVersion expected;
    std::uint32_t expectation = 0;  ///< its place among the request's expectations
    bool has_events = false;
    StreamHead history;  ///< its head in the sealed segments that the caller looked through
    Version version;     ///< the writer's: its head, then its version after the request
    MemoryIndex::Stream* entry = nullptr;  ///< the writer's
};

struct RequestEvent {
    std::uint32_t offset = 0;    ///< in the frame
    std::uint32_t stream = 0;    ///< index of its stream in the request
    std::uint32_t checksum = 0;  ///< of its content
    std::uint32_t terms = 0;     ///< where its terms begin in the request's
};

/// Holds what `encode` made of one request; encoding the next one reuses its memory. The names of
/// streams that are only checked and the condition are views into the AppendRequest unless
/// `own_texts` was asked for; all other text is copied.
class EncodedRequest {
public:
    /// The request must have passed check_request.
    void encode(const AppendRequest& request, bool own_texts);

    [[nodiscard]] bool writes() const noexcept { return !events.empty(); }
    /// The first event's id, by which the request is known.
    [[nodiscard]] EventId id() const noexcept { return id_of(event(0)); }
    /// The bytes of one event.
    [[nodiscard]] ByteSpan event(std::size_t index) const noexcept;
    /// The terms of one event.
    [[nodiscard]] std::span<const TermKey> terms(std::size_t index) const noexcept {
        const std::size_t begin = events[index].terms;
        const std::size_t end = index + 1 < events.size() ? events[index + 1].terms : terms_.size();
        return std::span{terms_}.subspan(begin, end - begin);
    }

    std::vector<std::byte> frame;  ///< header, events, padding; empty if there are no events
    std::vector<RequestStream> streams;
    std::vector<RequestEvent> events;
    const AppendCondition* condition = nullptr;  ///< null: there is none
    TermQuery changed;                           ///< its first part, if there is such
    TermQuery exists;                            ///< its second part
    std::uint32_t stored_size = 0;               ///< of the events, without header and padding
    Durability durability = Durability::flushed;

private:
    void encode_events(const std::vector<StreamEvent>& from);
    void encode_terms(const NewEvent& event, const std::byte* text);
    void encode_expectations(const std::vector<Expectation>& from, bool own_texts);
    void encode_condition(const AppendCondition& from, bool own_texts);
    std::uint32_t stream_index(std::string_view name, std::uint32_t guess);

    std::vector<std::uint32_t> table_;  ///< indexes of streams plus one, by hash; if there are many
    std::vector<TermKey> terms_;        ///< of all events, in order
    std::vector<std::string> names_;
    AppendCondition condition_;
};

/// True if two requests have the same events with the same content, in the same order.
[[nodiscard]] bool same_events(const EncodedRequest& one, const EncodedRequest& other) noexcept;

/// The answer to a request that was written at `first`.
[[nodiscard]] Appended answer_to(const EncodedRequest& request, Position first,
                                 Durability durability);

}  // namespace mainstem::log
