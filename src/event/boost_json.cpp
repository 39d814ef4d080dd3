// The one place where Boost.JSON, in its header-only form, is compiled. A file of its own: the
// linker leaves it out of a program that compiles Boost.JSON itself.
#include <boost/json/src.hpp>
