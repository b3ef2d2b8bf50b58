// The server that tests/benchmarks/send talks to: keeps its connections open and answers every
// request with the same 600 bytes. Prints its address, then a line for each connection.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

constexpr std::string_view body =
    R"({"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,)"
    R"("model":"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"The capital of France is Paris.","refusal":null,)"
    R"("annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":16,)"
    R"("completion_tokens":7,"total_tokens":23,"prompt_tokens_details":{"cached_tokens":0,)"
    R"("audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},)"
    R"("service_tier":"default","system_fingerprint":"fp_de604bd877"})"
    "\n        ";
static_assert(body.size() == 600);

/// Takes one request off the front of what was received; false if it is not whole yet.
bool take_request(std::string& received) {
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  const std::size_t length = received.find("Content-Length: ");
  const std::size_t size = head_end + 4 + std::strtoull(&received[length + 16], nullptr, 10);
  if (received.size() < size) return false;
  received.erase(0, size);
  return true;
}

void serve(int connection) {
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_123\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  std::array<char, 1 << 16> piece{};
  std::string received;
  while (true) {
    const ssize_t size = read(connection, piece.data(), piece.size());
    if (size <= 0) break;
    received.append(piece.data(), static_cast<std::size_t>(size));
    if (take_request(received) && write(connection, answer.data(), answer.size()) < 0) break;
  }
  close(connection);
}

}  // namespace

int main() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || listen(listener, 16) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    std::perror("server");
    return 1;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // the reader of a file waits for the lines
  std::printf("http://127.0.0.1:%d/v1\n", ntohs(address.sin_port));
  while (true) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) continue;
    std::puts("connection");
    std::thread(serve, connection).detach();
  }
}
