#pragma once

// A server on a loopback port that speaks the wire of every provider: for the demo, for
// `ft chat --sandbox` and for tests. It needs no key of anybody's and nothing outside the process.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::examples {

/// A request as the sandbox received it.
struct SeenRequest {
  std::string method;
  std::string path;                            ///< With the query, percent-encoded as it came.
  std::map<std::string, std::string> headers;  ///< Names in lower case; nothing is redacted.
  std::string body;
  int client_port = 0;  ///< Requests of one connection have the same.
};

/// Answers chats and model lists as the providers do, plain and streamed, and refuses what they
/// would refuse, in their own words' shape. What it says follows from the last user message alone,
/// and one word is one token. A user who says "use a tool" gets a call of the request's first tool.
/// One who asks "which of these: red, blue? Answer with that one word" and adds a text behind an
/// empty line gets the first of the words that the text has, else "other".
///
/// A word in the model's id, set off by anything but letters and digits, asks for trouble:
///
/// | word                     | what happens                                                   |
/// |--------------------------|----------------------------------------------------------------|
/// | `fail-401`               | the key is refused                                             |
/// | `fail-404`, `missing`    | there is no such model                                         |
/// | `fail-429`               | rate limited, one second to wait                               |
/// | `fail-quota`             | nothing left to spend                                          |
/// | `fail-500`               | a server error                                                 |
/// | `fail-html`              | 502 and a page of HTML                                         |
/// | `flaky`                  | the first call of that model fails with 500, the next succeeds |
/// | `cut`                    | the connection closes in the middle of the answer              |
/// | `stall`                  | nothing more comes after the middle of the answer              |
/// | `undeployed`             | a Vertex model that no endpoint serves                         |
///
/// All members may be called from several threads at once.
class Sandbox {
 public:
  /// The only key it accepts, as a key or as a bearer token; `local` takes none, too.
  static constexpr std::string_view api_key = "sandbox-key";

  /// Listens on a free port of 127.0.0.1. Throws std::runtime_error when there is none.
  Sandbox();
  /// Ends every answer under way, a stalled one too. An idle connection that a client keeps open
  /// can hold it up for two seconds.
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  /// What takes the place of the base URL of `provider` (openai, google, vertex, cohere, together,
  /// groq, local). Empty for any other name.
  std::string base_url(std::string_view provider) const;

  /// Everything received so far, in order of arrival.
  std::vector<SeenRequest> requests() const;

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace FineTuning::examples
