// Boost.JSON's parser with a handler of our own.
#include "event/json_parser.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

namespace mainstem::detail {
namespace {

using boost::json::error_code;
using boost::json::string_view;

/// Builds a value out of what the parser finds. The parser is given the text as a whole, so that
/// each number comes in one part; texts may come in several.
struct ValueBuilder {
    static constexpr std::size_t max_object_size = 1 << 20;
    static constexpr std::size_t max_array_size = 1 << 24;
    static constexpr std::size_t max_key_size = 1 << 20;
    static constexpr std::size_t max_string_size = 1 << 28;

    boost::json::value_stack stack;

    // Names and signatures are those that boost::json::basic_parser calls.
    static bool on_document_begin(error_code&) { return true; }
    static bool on_document_end(error_code&) { return true; }
    static bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t size, error_code&) { return stack.push_object(size), true; }
    static bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t size, error_code&) { return stack.push_array(size), true; }
    bool on_key_part(string_view part, std::size_t, error_code&) {
        return stack.push_chars(part), true;
    }
    bool on_key(string_view last, std::size_t, error_code&) { return stack.push_key(last), true; }
    bool on_string_part(string_view part, std::size_t, error_code&) {
        return stack.push_chars(part), true;
    }
    bool on_string(string_view last, std::size_t, error_code&) {
        return stack.push_string(last), true;
    }
    static bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, string_view, error_code&) {
        return stack.push_int64(number), true;
    }
    bool on_uint64(std::uint64_t number, string_view, error_code&) {
        return stack.push_uint64(number), true;
    }
    bool on_double(double number, string_view text, error_code&) {
        double exact = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), exact);
        return stack.push_double(read.ec == std::errc{} ? exact : number), true;
    }
    bool on_bool(bool value, error_code&) { return stack.push_bool(value), true; }
    bool on_null(error_code&) { return stack.push_null(), true; }
    static bool on_comment_part(string_view, error_code&) { return true; }
    static bool on_comment(string_view, error_code&) { return true; }
};

}  // namespace

boost::json::value parse_json(std::string_view text, boost::json::storage_ptr memory,
                              error_code& error) {
    boost::json::basic_parser<ValueBuilder> parser{boost::json::parse_options{}};
    auto& stack = parser.handler().stack;
    stack.reset(std::move(memory));
    const auto parsed = parser.write_some(false, text.data(), text.size(), error);
    if (!error && parsed != text.size()) error = boost::json::error::extra_data;
    if (error) return nullptr;
    return stack.release();
}

}  // namespace mainstem::detail
