// What the commands of ft share: a Chat to talk through, files, and what is shown to the user.

#include "ft.hpp"

#ifdef FINETUNING_SANDBOX
#include "sandbox/accounts.hpp"
#endif

#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <ostream>

namespace ft {

using namespace FineTuning;

int with_chat(const Arguments& arguments, [[maybe_unused]] const Streams& streams,
              const std::function<int(const Chat&)>& talk) {
  if (!arguments.has("--sandbox")) return talk(Chat());
#ifdef FINETUNING_SANDBOX
  const examples::Sandbox sandbox;
  return talk(Chat(ChatOptions{.accounts = examples::accounts_at(sandbox)}));
#else
  return report({.kind = ErrorKind::unsupported,
                 .message = "This ft was built without the sandbox; install cpp-httplib and build "
                            "it again."},
                arguments.has("--json"), streams);
#endif
}

Result<std::string> read_file(const std::string& name, std::istream& standard_input) {
  std::ifstream file;
  if (name != "-") file.open(name, std::ios::binary);
  std::istream& from = name == "-" ? standard_input : file;
  std::string text;
  std::array<char, 4096> piece{};
  do {
    from.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(from.gcount()));
  } while (from);
  if (from.eof()) return text;
  return Error{.kind = ErrorKind::invalid_request,
               .message = fmt::format("The file {} cannot be read; name one that can.", name)};
}

std::string printable(std::string text) {
  constexpr std::string_view hidden = "?";
  const auto byte = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_c1 = byte(at) == 0xC2 && at + 1 < text.size() && byte(at + 1) < 0xA0;
    if (is_c1 || byte(at) < ' ' || byte(at) == 0x7F) text.replace(at, is_c1 ? 2 : 1, hidden);
  }
  return text;
}

void print_line(const Json& json, std::ostream& out) {
  out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
}

void show_progress(std::size_t done, std::size_t of, const Streams& streams) {
  if (!streams.err_is_terminal) return;
  fmt::print(streams.err, "\r{} of {}{}", done, of, done == of ? "\n" : "");
  streams.err.flush();
}

int report(const FineTuning::Error& error, bool json, const Streams& streams) {
  if (json)
    fmt::print(streams.out, "{}\n", FineTuning::to_json(error));
  else
    fmt::print(streams.err, "ft: {}\n", printable(error.message));
  return failure;
}

int misuse(std::string_view command, std::string_view complaint, const Streams& streams) {
  fmt::print(streams.err, "ft {}: {}\n", command, complaint);
  return wrong_usage;
}

}  // namespace ft
