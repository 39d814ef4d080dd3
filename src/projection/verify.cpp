// Two walks in the order of ids, over what is stored and over what was folded again.
#include <mainstem/projection/verify.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "projection/member.hpp"

namespace mainstem {
namespace {

using projection::Member;

constexpr std::size_t differences_most = 100;
constexpr std::uint64_t batch_events = 10'000;
constexpr std::uint64_t page_documents = 1'000;

/// The documents of a collection by id, in pages.
class DocumentWalk {
public:
    DocumentWalk(const ReadModel& model, const std::string& collection) : model_(model) {
        query_.collection = collection;
        query_.limit = page_documents;
    }

    /// Null at the end.
    Result<const Document*> next() {
        while (at_ == page_.documents.size()) {
            if (read_ && page_.next.empty()) return nullptr;
            query_.after = page_.next;
            auto page = model_.find(query_);
            if (!page) return std::move(page).error();
            page_ = *std::move(page);
            read_ = true;
            at_ = 0;
            if (page_.documents.empty()) return nullptr;
        }
        return &page_.documents[at_++];
    }

private:
    const ReadModel& model_;
    DocumentQuery query_;
    Found page_;
    std::size_t at_ = 0;
    bool read_ = false;
};

class Verification {
public:
    Verification(const Store& store, const ReadModel& model, const Projection& projection,
                 const ReadModel& scratch, const VerifyOptions& options)
        : store_(store),
          model_(model),
          projection_(projection),
          scratch_(scratch),
          options_(options) {}

    Result<VerifiedProjection> run() {
        const auto& name = projection_.declaration.name;
        if (projection_.reacts) {
            return Error{ProjectionError::invalid,
                         fmt::format("\"{}\" is a reaction: it has no documents to compare", name)};
        }
        const auto lead = model_.store()->try_lead(name);
        if (!lead) return lead.error();
        if (!*lead) {
            return Error{ProjectionError::leads,
                         fmt::format("projection \"{}\" is being run; stop it first", name)};
        }
        auto record = model_.store()->projection(name);
        if (!record) return std::move(record).error();
        if (record->declaration.version != projection_.declaration.version) {
            return Error{
                ProjectionError::differs,
                fmt::format("projection \"{}\" was built by version {}, this is version "
                            "{}; run or rebuild it first",
                            name, record->declaration.version, projection_.declaration.version)};
        }
        out_.position = record->position;
        if (auto done = read_letters(); !done) return std::move(done).error();
        if (auto done = fold(); !done) return std::move(done).error();
        for (const auto& collection : projection_.declaration.collections) {
            if (auto done = compare(collection.name); !done) return std::move(done).error();
        }
        return std::move(out_);
    }

private:
    Result<void> read_letters() {
        Position after;
        while (true) {
            const auto letters =
                model_.store()->dead_letters(projection_.declaration.name, after, page_documents);
            if (!letters) return letters.error();
            if (letters->empty()) return {};
            for (const auto& letter : *letters) set_aside_.insert(letter.position);
            after = letters->back().position;
        }
    }

    Result<void> fold() {
        const auto record = scratch_.store()->declare(projection_.declaration);
        if (!record) return record.error();
        if (out_.position == Position{}) return {};
        const auto lead = scratch_.store()->try_lead(projection_.declaration.name);
        if (!lead) return lead.error();
        const RunnerOptions runner;
        Member member{projection_, runner, scratch_.store(), *record, (*lead)->epoch()};
        auto cursor = store_.read_all({.to = out_.position,
                                       .query = projection_.filter,
                                       .page_events = limits::page_events_most / 10});
        std::uint64_t batch = 0;
        while (const auto* const event = cursor.next()) {
            if (!*event) return event->error();
            if (set_aside_.contains((*event)->position)) continue;
            const auto position = (*event)->position;
            if (!member.apply(**event, {})) return failure(member);
            ++out_.events;
            if (++batch % batch_events != 0) continue;
            if (!member.commit(position, {})) return failure(member);
            if (options_.progress && !options_.progress(position, out_.position)) {
                return Error{ProjectionError::stopped, "the comparison was ended"};
            }
        }
        return member.commit(out_.position, {}) ? Result<void>{} : failure(member);
    }

    static Error failure(const Member& member) {
        return {ProjectionError::failed, member.failure().empty()
                                             ? "an event cannot be applied that was applied before"
                                             : member.failure()};
    }

    /// Both in the order of ids.
    Result<void> compare(const std::string& collection) {
        DocumentWalk stored_walk{model_, collection};
        DocumentWalk expected_walk{scratch_, collection};
        auto stored = stored_walk.next();
        auto expected = expected_walk.next();
        while (stored && expected && (*stored != nullptr || *expected != nullptr)) {
            const auto* one = *stored;
            const auto* other = *expected;
            if (one != nullptr && other != nullptr && one->id != other->id) {
                // The one with the larger id may still have its match.
                (one->id < other->id ? other : one) = nullptr;
            }
            compare(collection, one, other);
            if (one != nullptr) stored = stored_walk.next();
            if (other != nullptr) expected = expected_walk.next();
        }
        if (!stored) return stored.error();
        return expected ? Result<void>{} : expected.error();
    }

    /// At least one is there.
    void compare(const std::string& collection, const Document* stored, const Document* expected) {
        ++out_.documents;
        if (stored != nullptr && expected != nullptr && *stored == *expected) return;
        ++out_.different;
        if (out_.differences.size() == differences_most) return;
        auto& difference = out_.differences.emplace_back();
        difference.collection = collection;
        if (stored != nullptr) {
            difference.id = stored->id;
            difference.stored = stored->json;
            difference.stored_version = stored->version;
        }
        if (expected != nullptr) {
            difference.id = expected->id;
            difference.expected = expected->json;
            difference.expected_version = expected->version;
        }
    }

    const Store& store_;
    const ReadModel& model_;
    const Projection& projection_;
    const ReadModel& scratch_;
    const VerifyOptions& options_;
    std::set<Position> set_aside_;
    VerifiedProjection out_;
};

}  // namespace

Result<VerifiedProjection> verify_projection(const Store& store, const ReadModel& model,
                                             const Projection& projection, const ReadModel& scratch,
                                             const VerifyOptions& options) {
    return Verification{store, model, projection, scratch, options}.run();
}

}  // namespace mainstem
