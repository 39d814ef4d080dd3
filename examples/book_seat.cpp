// A decision on what a query has found: a course has two seats, and each student has a stream. No
// stream of the course is needed to count them: the append fails if a booking came in between.
#include <iostream>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

namespace {

//! [decide]
/// What was seen when a decision was made, and whether there was a free seat then.
struct Seen {
    QueryItem query;
    Position head;
    bool has_free_seat;
};

Seen look(const Store& store, const Tag& course) {
    const QueryItem bookings{.types = {"SeatBooked", "SeatReleased"}, .tags = {course}};
    const auto head = store.head().value();  // before the read, so that nothing falls between
    int taken = 0;
    for (const auto& event : store.read_all({.query = bookings})) {
        taken += event->type == "SeatBooked" ? 1 : -1;
    }
    return {bookings, head, taken < 2};
}

Result<Appended> book(Store& store, const StreamId& student, const Tag& course, const Seen& seen) {
    return store.append(student, {.type = "SeatBooked", .tags = {course}},
                        {.unless = {.changed = seen.query, .after = seen.head}});
}
//! [decide]

}  // namespace

int main() {
    auto store = Store::open("memory:").value();
    const Tag course = "course:algebra";
    book(store, "student-ada", course, look(store, course)).value();

    // Two students see the last free seat.
    const auto grace_saw = look(store, course);
    const auto alan_saw = look(store, course);
    book(store, "student-grace", course, grace_saw).value();
    const auto late = book(store, "student-alan", course, alan_saw);
    std::cout << late.error() << '\n';

    std::cout << (look(store, course).has_free_seat ? "there is a free seat\n" : "it is full\n");
}
