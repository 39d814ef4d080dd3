// Fields that have the names of functions are fields.
#include <mainstem/command/executor.hpp>

struct Published {
    static constexpr auto event_type = "Published";
    std::string query;
    std::vector<std::string> tags;
};
struct State {
    void apply(const Published&) {}
};
struct Publish final {
    std::string query;
    std::string discover;

    mainstem::Streams streams() const { return {"articles"}; }
    mainstem::Decision<Published> handle(const State&) const {
        return {{"articles", Published{query, {discover}}}};
    }
};
struct Find {
    int streams = 0;

    mainstem::EventQuery query() const { return mainstem::QueryItem{.types = {"Published"}}; }
    mainstem::Decision<Published> handle(const State&) const { return {}; }
};

void run(mainstem::Executor& executor) {
    (void)executor.execute(Publish{});
    (void)executor.execute(Find{});
}
