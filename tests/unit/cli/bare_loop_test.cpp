// The bare group commit says what failed, whichever client's write it was.
#include <csignal>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "cli/bare_loop.hpp"
#include "support/temporary_folder.hpp"

namespace mainstem::cli {
namespace {

/// While it lives, no file of this process grows.
class NoFileGrows {
public:
    NoFileGrows() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~NoFileGrows() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    NoFileGrows(const NoFileGrows&) = delete;
    NoFileGrows& operator=(const NoFileGrows&) = delete;

private:
    void (*handler_)(int);
    rlimit before_{};
};

TEST(BareLoop, counts_what_it_wrote) {
    const support::TemporaryFolder folder;
    for (const BareFile kind : {BareFile::growing, BareFile::set_aside}) {
        const auto rate = run_bare_loop(folder.path("bare"), kind,
                                        {.clients = 4, .request_bytes = 320, .seconds = 0.01});
        ASSERT_TRUE(rate) << rate.error();
        EXPECT_GT(*rate, 0.0);
    }
}

TEST(BareLoop, says_what_the_write_of_a_client_failed_with) {
    const support::TemporaryFolder folder;
    const auto run = [&](unsigned clients) {
        const NoFileGrows limit;
        return run_bare_loop(folder.path("bare"), BareFile::growing,
                             {.clients = clients, .request_bytes = 2'048, .seconds = 60});
    };
    for (const unsigned clients : {1U, 8U}) {
        const auto rate = run(clients);
        ASSERT_FALSE(rate);
        EXPECT_NE(rate.error().message().find("cannot write to"), std::string::npos)
            << rate.error();
        EXPECT_NE(rate.error().message().find("File too large"), std::string::npos) << rate.error();
    }
}

}  // namespace
}  // namespace mainstem::cli
