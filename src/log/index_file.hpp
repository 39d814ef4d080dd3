// The index of a sealed segment, read from its file block by block. Any error that it answers
// means that the file should be made anew; it never means that the log is damaged.
#pragma once

#include <memory>

#include "log/index_block.hpp"
#include "log/index_filter.hpp"
#include "log/index_terms.hpp"
#include "log/segment_index.hpp"

namespace mainstem::log {

/// Which segment a file must belong to.
struct IndexOwner {
    std::uint64_t first_position = 0;
    std::uint64_t event_count = 0;
    std::uint64_t salt = 0;
};

class IndexFile final : public SegmentIndex {
public:
    /// Checks the header; blocks are checked as they are read, and kept in `pages`, which outlives
    /// the index. Errors: damaged (another version, another segment, broken), io.
    static Result<std::unique_ptr<IndexFile>> open(std::unique_ptr<File> file, std::string path,
                                                   const IndexOwner& owner, PageCache& pages);

    Result<std::optional<StreamSpan>> find(const StreamKey& key, Ordinal count) const override;
    Result<void> ordinals(const StreamSpan& span, Version from, Version to,
                          std::vector<Ordinal>& out) const override;
    Result<void> offsets(Ordinal first, Ordinal last,
                         std::vector<std::uint32_t>& out) const override;
    Result<void> requests(std::uint32_t id_hash, std::vector<Ordinal>& out) const override;
    [[nodiscard]] Result<RequestTimes> request_times() const override { return times_; }
    Result<void> list(std::string_view prefix, std::string_view after, std::size_t limit,
                      Ordinal count, std::vector<StreamInfo>& out) const override;

    Result<std::uint64_t> find_few(const TermItem& item, OrdinalRange range, std::uint64_t few,
                                   std::vector<Ordinal>& out) const override {
        return terms_.find_few(item, range, few, out);
    }
    Result<void> find_terms(const TermItem& item, OrdinalRange range, Direction direction,
                            std::size_t limit, std::vector<Ordinal>& out) const override {
        return terms_.find(item, range, direction, limit, out);
    }
    [[nodiscard]] bool exact() const noexcept override { return false; }
    [[nodiscard]] const IndexFilter* filter() const noexcept override { return &filter_; }

    [[nodiscard]] std::uint64_t segment_size() const noexcept { return header_.segment_size; }
    /// Reads every block. Errors: damaged (the first whose checksum does not hold), io.
    Result<void> check_blocks() const;

private:
    IndexFile(std::unique_ptr<BlockReader> blocks, const IndexHeader& header);

    /// One entry of "streams".
    struct Entry {
        std::string name;
        StreamSpan span;
    };
    Result<Entry> entry_at(std::uint32_t where) const;
    [[nodiscard]] std::optional<SectionReader> section(std::string_view name,
                                                       std::size_t entry_size) const;
    Result<std::uint64_t> first_name_from(std::string_view prefix, std::string_view after) const;

    std::unique_ptr<BlockReader> blocks_;
    IndexHeader header_;
    RequestTimes times_;
    SectionReader streams_;
    SectionReader names_;
    SectionReader hashes_;
    SectionReader requests_;
    SectionReader offsets_;
    IndexFilter filter_;
    IndexTerms terms_;
};

}  // namespace mainstem::log
