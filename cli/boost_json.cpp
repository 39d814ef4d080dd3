// The one place where Boost.JSON, in its header-only form, is compiled.
#include <boost/json/src.hpp>
