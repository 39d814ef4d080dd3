// Items that come one by one are processed together: one request to a mail server for many
// messages, and an answer for each of them.
#include <mainstem/command/batch_processor.hpp>

#include <iostream>
#include <string>
#include <vector>

#include <mainstem/store/append.hpp>

using namespace mainstem;

//! [process]
// One answer for each message, in their order. The error of one is not the error of its neighbours.
std::vector<Result<int>> send(const std::vector<std::string>& messages) {
    std::cout << "sending " << messages.size() << '\n';
    std::vector<Result<int>> answers;
    for (const auto& message : messages) {
        if (message.empty()) {
            answers.emplace_back(Error{StoreError::invalid, "a message without text"});
        } else {
            answers.emplace_back(static_cast<int>(message.size()));
        }
    }
    return answers;
}
//! [process]

int main() {
    //! [processor]
    BatchProcessor<std::string, int> outbox{
        {.items = 3, .delay = std::chrono::hours{1}, .when_full = WhenFull::refuse}, send};
    for (const auto* message : {"one", "", "three", "four"}) {
        outbox.submit(message, [](const Result<int>& sent) {
            // On the processor's thread: it holds up the next batch, and must not throw.
            if (sent) {
                std::cout << "sent " << *sent << " bytes\n";
            } else {
                std::cout << sent.error() << '\n';
            }
        });
    }
    outbox.flush();  // the fourth does not wait for others
    //! [processor]

    outbox.stop();
    std::cout << outbox.process("five").error() << '\n';
}
