// Errors are values: the kind says what a program can do about it.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const char* model = count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:gone:abc123";
  const Result<ChatResponse> response = Chat().send(model, "Hello");
  if (response) {
    fmt::print("{}\n", response->content);
    return 0;
  }
  const Error& error = response.error();
  fmt::print(stderr, "{}\n", error.message);
  switch (error.kind) {
    case ErrorKind::rate_limited:
      if (error.retry_after) fmt::print(stderr, "again in {} ms\n", error.retry_after->count());
      break;
    case ErrorKind::model_retired: fmt::print(stderr, "time to move to another model\n"); break;
    case ErrorKind::interrupted_stream: fmt::print(stderr, "so far: {}\n", error.partial); break;
    default: break;
  }
  if (error.may_be_billed()) fmt::print(stderr, "the call may have been billed\n");
  if (!error.request_id.empty()) fmt::print(stderr, "for support: {}\n", error.request_id);
  return 1;
}
