// Every bound that a user can run into, in one place. Each is checked on append or on opening and
// has an error that names it. Sizes are in bytes unless said otherwise.
#pragma once

#include <chrono>
#include <cstddef>

#include <mainstem/core/types.hpp>

namespace mainstem::limits {

/// Stream ids, event types, tags, content types, correlation, causation and actor.
inline constexpr std::size_t name_bytes = 255;
inline constexpr std::size_t tags_per_event = 64;
/// Tags and metadata of one event, encoded. Bounded by the two-byte length in the event's header.
inline constexpr std::size_t metadata_json_bytes = 32 * 1024;
inline constexpr Bytes payload{16ULL << 20};
/// One request, encoded. At most a quarter of a segment, too.
inline constexpr Bytes request{64ULL << 20};
inline constexpr std::size_t events_per_request = 100'000;
inline constexpr std::size_t expectations_per_request = 10'000;
/// Of one read of several streams, or of scattered positions.
inline constexpr std::size_t streams_per_read = 10'000;
inline constexpr std::size_t positions_per_read = 100'000;
/// Of one query: items, and types and tags in all of them together.
inline constexpr std::size_t query_items = 1'000;
inline constexpr std::size_t query_terms = 10'000;
/// Of one query over documents: conditions, how deep they stand in one another, and what they are
/// compared with, in all of them together.
inline constexpr std::size_t filter_conditions = 1'000;
inline constexpr std::size_t filter_depth = 32;
inline constexpr std::size_t filter_values = 10'000;
inline constexpr std::size_t filter_text_bytes = std::size_t{64} * 1024;
/// Of the same: keys to sort by; fields that are selected or grouped by, and aggregates.
inline constexpr std::size_t document_sort_keys = 16;
inline constexpr std::size_t document_columns = 100;
/// Appends that wait for the writer. Blocking callers beyond wait, asynchronous ones are refused.
inline constexpr std::size_t queued_requests = 65'536;
inline constexpr Bytes queued_bytes{256ULL << 20};

inline constexpr Bytes segment_least{64ULL << 10};
inline constexpr Bytes segment_default{256ULL << 20};
inline constexpr Bytes segment_most{1ULL << 30};

/// What an open log keeps in memory of its files, pages and blocks of indexes together, unless told
/// otherwise.
inline constexpr Bytes memory_default{256ULL << 20};

/// Events in a page of a cursor.
inline constexpr std::size_t page_events_default = 100;
inline constexpr std::size_t page_events_most = 10'000;

/// What buffered appends have written is flushed after this time; then the disk takes its own.
inline constexpr std::chrono::milliseconds buffered_flush_delay{50};

/// A document of a read model, as canonical JSON.
inline constexpr Bytes document{16ULL << 20};
inline constexpr std::size_t collections_per_projection = 64;
inline constexpr std::size_t indexes_per_collection = 32;
inline constexpr std::size_t fields_per_index = 8;
/// Declared beside those of its indexes.
inline constexpr std::size_t fields_per_collection = 64;
/// The text that a projection was made of.
inline constexpr std::size_t definition_bytes = 1 << 20;
/// Documents that are changed in one commit.
inline constexpr std::size_t changes_per_commit = 1'000'000;

}  // namespace mainstem::limits
