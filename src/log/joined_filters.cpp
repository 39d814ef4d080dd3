// Finds, opens and makes joined filters.
#include "log/joined_filters.hpp"

#include <algorithm>

#include <mainstem/store/append.hpp>

#include "core/replace_file.hpp"
#include "log/block_writer.hpp"

namespace mainstem::log {
namespace {

/// More segments than there can be: what was looked for then is not looked for again.
constexpr std::size_t never_again = std::size_t{1} << 62;

[[nodiscard]] std::size_t sealed(const SegmentList& list) noexcept { return list.size() - 1; }

/// Opens segments that nobody has read so far only for a moment: a store may have more of them than
/// a process may have files.
Result<JoinedFilterOwner> owner_of(const SegmentList& list, std::size_t first, std::size_t count) {
    std::vector<std::uint64_t> salts;
    for (std::size_t i = first; i < first + count; ++i) {
        Segment segment{list[i]->context(), list[i]->first(), list[i]->visible().count};
        const auto salt = segment.salt();
        if (!salt) return salt.error();
        salts.push_back(*salt);
    }
    return JoinedFilterOwner{list[first]->first().value, count, joined_salt(salts)};
}

}  // namespace

std::shared_ptr<const JoinedFilter> JoinedFilters::of(const SegmentList& list, std::size_t index) {
    const std::size_t place = index / few_joined;
    if ((place + 1) * few_joined > sealed(list)) return nullptr;
    const std::lock_guard lock{mutex_};
    if (place >= places_.size()) places_.resize(place + 1);
    // Who only reads looks again when a writer may have made some.
    Place& here = places_[place];
    if (here.filter || here.looked_at + few_joined > sealed(list)) return here.filter;
    here.looked_at = sealed(list);
    // Others wait: what is being opened must not be taken for missing.
    for (const std::size_t count : {most_joined, few_joined}) {
        const Group group{index / count * count, count};
        if (group.first + count > sealed(list)) continue;
        const auto filter = open(list, group);
        if (!filter) continue;  // those of the segments serve
        put(group, *filter);
        return *filter;
    }
    return nullptr;
}

Result<std::shared_ptr<const JoinedFilter>> JoinedFilters::open(const SegmentList& list,
                                                                Group group) {
    const SegmentContext& context = *list[group.first]->context();
    const std::string path =
        context.directory.joined_filter(list[group.first]->first(), group.count);
    auto file = context.disk->open(path, FileMode::read);
    if (!file) return file.error();
    const auto owner = owner_of(list, group.first, group.count);
    if (!owner) return owner.error();
    return JoinedFilter::open(*std::move(file), path, *owner, *context.pages);
}

/// With the mutex held. A place never goes back to a filter of fewer segments.
void JoinedFilters::put(Group group, const std::shared_ptr<const JoinedFilter>& filter) {
    const std::size_t end = (group.first + group.count) / few_joined;
    if (end > places_.size()) places_.resize(end);
    for (std::size_t i = group.first / few_joined; i < end; ++i) {
        const auto& before = places_[i].filter;
        if (!before || before->segment_count() <= group.count) places_[i].filter = filter;
    }
}

void JoinedFilters::give_up(const SegmentContext& context, const JoinedFilter& filter,
                            const Error& error) {
    {
        const std::lock_guard lock{mutex_};
        bool used = false;
        for (Place& place : places_) {
            if (place.filter.get() != &filter) continue;
            place.filter.reset();
            place.looked_at = never_again;
            used = true;
        }
        if (!used) return;  // another thread did it
    }
    if (context.writable) static_cast<void>(context.disk->remove(filter.path()).has_value());
    context.notice(error.message() + "; the indexes of its segments serve without it");
}

bool JoinedFilters::is_wanted(const SegmentList& list, Group group) {
    const auto filter = of(list, group.first);
    if (filter && filter->segment_count() >= group.count) return false;
    const std::lock_guard lock{mutex_};
    return places_[group.first / few_joined].failed != group.count;
}

void JoinedFilters::make_missing(const SegmentList& list, const std::function<bool()>& stopped) {
    for (const std::size_t count : {few_joined, most_joined}) {
        for (std::size_t first = 0; first + count <= sealed(list); first += count) {
            if (stopped()) return;
            if (is_wanted(list, {first, count})) make(list, {first, count}, stopped);
        }
    }
}

void JoinedFilters::make(const SegmentList& list, Group group,
                         const std::function<bool()>& stopped) {
    const SegmentContext& context = *list[group.first]->context();
    const auto sources = sources_of(list, group);
    if (!sources) return fail(group);  // told by who made the indexes, or looked at them
    if (sources->empty()) return;
    const auto written = write(list, group, *sources, stopped);
    const auto filter = written ? open(list, group) : written.error();
    if (!filter) {
        if (filter.error() == StoreError::cancelled) return;
        context.notice(filter.error().message());
        return fail(group);
    }
    {
        const std::lock_guard lock{mutex_};
        put(group, *filter);
    }
    if (group.count == few_joined) return;
    for (std::size_t i = group.first; i < group.first + group.count; i += few_joined) {
        const std::string part = context.directory.joined_filter(list[i]->first(), few_joined);
        static_cast<void>(context.disk->remove(part).has_value());
    }
}

void JoinedFilters::fail(Group group) {
    const std::lock_guard lock{mutex_};
    places_[group.first / few_joined].failed = group.count;
}

/// None if one of them is not there yet: there will be another time.
Result<std::vector<FilterSource>> JoinedFilters::sources_of(const SegmentList& list, Group group) {
    std::vector<FilterSource> sources;
    for (std::size_t i = group.first; i < group.first + group.count;) {
        if (group.count == few_joined) {
            auto source = source_of(*list[i]);
            if (!source) return source.error();
            sources.push_back(*std::move(source));
            i += 1;
        } else {
            const auto filter = of(list, i);
            if (!filter || filter->segment_count() != few_joined)
                return std::vector<FilterSource>{};
            sources.push_back(source_of(filter));
            i += few_joined;
        }
        if (sources.back().lines == 0) return std::vector<FilterSource>{};
    }
    return sources;
}

Result<void> JoinedFilters::write(const SegmentList& list, Group group,
                                  std::span<const FilterSource> sources,
                                  const std::function<bool()>& stopped) {
    const SegmentContext& context = *list[group.first]->context();
    const auto owner = owner_of(list, group.first, group.count);
    if (!owner) return owner.error();
    const std::string path =
        context.directory.joined_filter(list[group.first]->first(), group.count);
    return replace_file(*context.disk, path,
                        [&](File& file) { return join_filters(sources, *owner, file, stopped); });
}

namespace {

/// Calls `visit(first, count)` for each group of segments that can have a joined filter.
template <class Visit>
void for_each_group(const SegmentList& list, Visit visit) {
    for (const std::size_t count : {few_joined, most_joined}) {
        for (std::size_t first = 0; first + count <= sealed(list); first += count) {
            visit(first, count);
        }
    }
}

/// What is wrong with a filter; nullopt: nothing, or an index that it stands for is not in order.
Result<std::optional<std::string>> check_filter(const SegmentList& list, std::size_t first,
                                                std::size_t count, const std::string& path) {
    using Found = std::optional<std::string>;
    const SegmentContext& context = *list[first]->context();
    auto file = context.disk->open(path, FileMode::read);
    if (!file) return Found{};
    const auto owner = owner_of(list, first, count);
    if (!owner) return owner.error();
    const auto filter = JoinedFilter::open(*std::move(file), path, *owner, *context.pages);
    const auto read = filter ? (*filter)->check_blocks() : filter.error();
    if (!read) return Found{"the filter is damaged, or of other segments"};
    std::vector<FilterSource> sources;
    for (std::size_t i = first; i < first + count; ++i) {
        auto source = source_of(*list[i]);
        if (!source || source->lines == 0) return Found{};
        sources.push_back(*std::move(source));
    }
    const auto same = agrees(**filter, sources);
    if (!same) return Found{};
    return *same ? Found{} : Found{"the filter does not agree with the indexes of its segments"};
}

}  // namespace

Result<std::vector<JoinedFilterDamage>> check_joined_filters(const SegmentList& list) {
    std::vector<JoinedFilterDamage> damages;
    std::optional<Error> failed;
    for_each_group(list, [&](std::size_t first, std::size_t count) {
        const Position begin = list[first]->first();
        const std::string path = list[first]->context()->directory.joined_filter(begin, count);
        const auto what = check_filter(list, first, count, path);
        if (!what) failed = what.error();
        if (what && *what) damages.push_back({path, begin, **what});
    });
    if (failed) return *failed;
    return damages;
}

void remove_joined_filters(const SegmentList& list) {
    for_each_group(list, [&](std::size_t first, std::size_t count) {
        const SegmentContext& context = *list[first]->context();
        const auto path = context.directory.joined_filter(list[first]->first(), count);
        static_cast<void>(context.disk->remove(path).has_value());
    });
}

}  // namespace mainstem::log
