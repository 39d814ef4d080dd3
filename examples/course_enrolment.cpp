// A rule over two things at once: a course has so many places, a student takes at most five
// courses. Neither the course's stream nor the student's could keep both. A query draws the
// boundary: what is decided rests on the events of this course and of this student, and on nothing
// else.
#include <iostream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <mainstem/mainstem.hpp>

using namespace mainstem;

//! [events]
struct CourseOffered {
    static constexpr auto event_type = "CourseOffered";
    std::string course;
    int places;
    auto tags() const { return std::vector{"course:" + course}; }
};
struct Enrolled {
    static constexpr auto event_type = "Enrolled";
    std::string student;
    std::string course;
    auto tags() const { return std::vector{"student:" + student, "course:" + course}; }
};
using SchoolEvent = std::variant<CourseOffered, Enrolled>;
//! [events]

enum class Rejected { no_such_course, course_full, too_many_courses };
const char* name(Rejected why) {
    if (why == Rejected::no_such_course) return "no such course";
    return why == Rejected::course_full ? "the course is full" : "too many courses";
}

struct School {
    using Numbers = std::map<std::string, int>;
    Numbers places;
    Numbers students;  // of a course
    Numbers courses;   // of a student

    void apply(const CourseOffered& e) { places[e.course] = e.places; }
    void apply(const Enrolled& e) {
        ++students[e.course];
        ++courses[e.student];
    }
    static int of(const Numbers& numbers, const std::string& name) {
        const auto found = numbers.find(name);
        return found == numbers.end() ? 0 : found->second;
    }
};

//! [command]
struct Enrol {
    static constexpr int most_courses = 5;
    std::string student;
    std::string course;

    EventQuery query() const {
        return QueryItem{.tags = {"course:" + course}} | QueryItem{.tags = {"student:" + student}};
    }

    Decision<SchoolEvent, Rejected> handle(const School& school) const {
        const int places = School::of(school.places, course);
        if (places == 0) return Rejected::no_such_course;
        if (School::of(school.students, course) >= places) return Rejected::course_full;
        if (School::of(school.courses, student) >= most_courses) return Rejected::too_many_courses;
        return {{"enrolments", Enrolled{student, course}}};
    }
};
//! [command]

int main() {
    auto store = Store::open("school").value();
    for (const auto* course : {"algebra", "botany", "chemistry", "drawing", "ethics", "french"})
        store.append("courses", CourseOffered{course, 2}).value();

    Executor executor{store};
    const auto enrol = [&](const char* student, const char* course) {
        const auto enrolled = executor.execute(Enrol{student, course});
        std::cout << student << ", " << course << ": ";
        if (enrolled) {
            std::cout << "enrolled\n";
        } else {
            std::cout << enrolled.error() << '\n';
        }
    };
    for (const auto* course : {"algebra", "botany", "chemistry", "drawing", "ethics", "french"})
        enrol("ada", course);
    enrol("bob", "algebra");
    enrol("eve", "algebra");
    enrol("eve", "geometry");
}
