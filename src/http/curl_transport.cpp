// One exchange on libcurl.
//
// A call checks out a slot: an easy handle and the multi handle whose connection cache it uses.
// Handles and connections are so never shared between threads, and the multi handle can be woken by
// a stop request, which an easy transfer cannot. A slot is kept for the next call only if its
// exchange ended by itself: after any other, its connections close at once, which tells the server
// that nobody waits for the rest (over HTTP/2, a reset would stay in a queue until the slot is used
// again).

#include "http/curl_transport.hpp"

#include "http/url.hpp"
#include "time/limits.hpp"

#include <FineTuning/version.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {
namespace {

using http::BodySource;
using http::Exchange;
using http::Failure;
using http::Flow;
using http::Head;
using http::Headers;
using http::Listener;
using http::Phase;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct EasyDelete {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDelete {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct SlistDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Slot {
  std::unique_ptr<CURLM, MultiDelete> multi{curl_multi_init()};  // outlives the easy handle
  std::unique_ptr<CURL, EasyDelete> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, SlistDelete> header_lines;
  Headers headers;  // that header_lines were made of: calls repeat them
  std::array<char, CURL_ERROR_SIZE> error{};
  bool is_clean = false;  // its exchange ended by itself
  Clock::time_point idle_since;
};

/// What the callbacks know of the exchange that is going on.
struct Progress {
  const Exchange& exchange;
  Listener& listener;
  BodySource* source;       // null if the body is a text, or empty
  std::uint64_t body_size;  // of the text or the source
  Clock::time_point start;
  Clock::time_point last_moved;        // a piece of the answer, or of a source's body
  std::uint64_t body_read = 0;         // by libcurl, which sends it when it can
  std::optional<curl_off_t> sent{};    // of a source's body; empty until there is a connection
  const char* source_fault = nullptr;  // what the source did instead of giving its body
  Head head{};
  bool tls_begun = false;
  bool in_head = false;
  bool head_complete = false;
  Flow flow = Flow::go_on;
};

Progress make_progress(const Exchange& exchange, Listener& listener) {
  const std::uint64_t size = exchange.source ? exchange.source->size() : exchange.body.size();
  const Clock::time_point now = Clock::now();
  return {.exchange = exchange,
          .listener = listener,
          .source = size > 0 ? exchange.source.get() : nullptr,
          .body_size = size,
          .start = now,
          .last_moved = now};
}

/// After Flow::finish nothing counts as movement.
void note_movement(Progress& progress) {
  if (progress.flow != Flow::finish) progress.last_moved = Clock::now();
}

/// Notes what the listener wants, which Flow::finish settles. False if the exchange ends at once.
bool continues(Progress& progress, Flow flow) {
  note_movement(progress);
  if (progress.flow != Flow::finish) progress.flow = flow;
  return flow != Flow::stop;
}

// The callbacks run between libcurl's frames, which no exception may cross.

CURLcode on_tls_begin(CURL* /*easy*/, void* /*context*/, void* user) noexcept {
  static_cast<Progress*>(user)->tls_begun = true;
  return CURLE_OK;
}

std::size_t read_text(Progress& progress, std::span<char> buffer) {
  return progress.exchange.body.copy(buffer.data(), buffer.size(),
                                     static_cast<std::size_t>(progress.body_read));
}

/// A source has to give as many bytes as it said, which the server was told. Whether it has more is
/// asked before the last bytes leave, so that the server cannot carry out what is not meant.
std::size_t read_source(Progress& progress, std::span<char> buffer) {
  const auto fails = [&](const char* fault) {
    progress.source_fault = fault;
    return std::size_t{CURL_READFUNC_ABORT};
  };
  constexpr const char* unreadable = "cannot be read";
  const std::optional<std::size_t> size = progress.source->read(buffer);
  if (!size) return fails(unreadable);
  if (*size > buffer.size()) return fails("wrote beyond its buffer");
  if (*size == 0) return fails("ended before its last byte");
  if (progress.body_read + *size < progress.body_size) return *size;
  char byte_too_many = 0;
  const std::optional<std::size_t> more = progress.source->read({&byte_too_many, 1});
  if (!more) return fails(unreadable);
  if (*more > 0) return fails("is longer than it said at first");
  return *size;
}

std::size_t on_request_body(char* buffer, std::size_t size, std::size_t count,
                            void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  const std::uint64_t left = progress.body_size - progress.body_read;
  const std::span<char> part(buffer,
                             static_cast<std::size_t>(std::min<std::uint64_t>(size * count, left)));
  if (part.empty()) return 0;
  const std::size_t read =
      progress.source != nullptr ? read_source(progress, part) : read_text(progress, part);
  if (progress.source_fault == nullptr) progress.body_read += read;
  return read;
}

/// On a reused connection that the server closes unanswered, libcurl would send the body again by
/// itself. A paid request is not sent twice unasked, so it may not rewind.
int refuse_to_rewind(void* user, curl_off_t offset, int /*origin*/) noexcept {
  const auto& progress = *static_cast<Progress*>(user);
  return offset == 0 && progress.body_read == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

/// To a server that wants HTTP/1.1 libcurl would send the request again by itself, with what it has
/// not yet read of the body.
int refuse_to_begin_again(void* user, char* /*remote_address*/, char* /*local_address*/,
                          int /*remote_port*/, int /*local_port*/) noexcept {
  const auto& progress = *static_cast<Progress*>(user);
  return progress.body_read == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::size_t on_header_line(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  const std::string_view line = trimmed({data, size * count});
  if (!progress.in_head && !progress.head_complete && line.starts_with("HTTP/")) {
    progress.head = {};  // also of an interim answer, which another head follows
    progress.in_head = true;
    const std::string_view status = line.substr(std::min(line.find(' '), line.size() - 1) + 1, 3);
    std::from_chars(status.data(), status.data() + status.size(), progress.head.status);
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    progress.head.headers.emplace_back(trimmed(line.substr(0, colon)),
                                       trimmed(line.substr(colon + 1)));
  } else if (line.empty()) {
    progress.in_head = false;
    if (progress.head.status < 200 || progress.head_complete) return size * count;
    progress.head_complete = true;
    if (!continues(progress, progress.listener.on_head(progress.head))) return CURL_WRITEFUNC_ERROR;
  }
  return size * count;
}

std::size_t on_response_body(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  if (!progress.head_complete) return CURL_WRITEFUNC_ERROR;  // as behind a status of 101
  const Flow flow = progress.listener.on_body({data, size * count});
  return continues(progress, flow) ? size * count : CURL_WRITEFUNC_ERROR;
}

/// Sets options of a handle; ok() is false after libcurl has refused one: without it the exchange
/// would not be the one that was asked for.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}

  template <class T>
  void set(CURLoption option, T value) {
    ok_ = curl_easy_setopt(easy_, option, value) == CURLE_OK && ok_;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  CURL* easy_;
  bool ok_ = true;
};

/// What holds for every exchange of a slot.
[[nodiscard]] bool set_up(Slot& slot, const CurlSettings& settings) {
  if (!slot.multi || !slot.easy) return false;
  Options options(slot.easy.get());
  options.set(CURLOPT_ERRORBUFFER, slot.error.data());
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_QUICK_EXIT, 1L);  // an end does not wait for the thread that resolves a name
  options.set(CURLOPT_PROTOCOLS_STR, "http,https");
  options.set(CURLOPT_FOLLOWLOCATION, 0L);  // a key does not go where a server points
  options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  options.set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  options.set(CURLOPT_TCP_KEEPALIVE, 1L);
  options.set(CURLOPT_MAXAGE_CONN, static_cast<long>(settings.idle_connection_age.count()));
  options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  options.set(CURLOPT_USERAGENT, fmt::format("FineTuning/{}", version).c_str());
  if (!settings.ca_file.empty()) options.set(CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.proxy.empty()) options.set(CURLOPT_PROXY, settings.proxy.c_str());
  options.set(CURLOPT_SSL_CTX_FUNCTION, on_tls_begin);
  options.set(CURLOPT_READFUNCTION, on_request_body);
  options.set(CURLOPT_SEEKFUNCTION, refuse_to_rewind);
  options.set(CURLOPT_PREREQFUNCTION, refuse_to_begin_again);
  options.set(CURLOPT_HEADERFUNCTION, on_header_line);
  options.set(CURLOPT_WRITEFUNCTION, on_response_body);
  return options.ok();
}

[[nodiscard]] bool set_headers(Slot& slot, const Headers& headers) {
  if (slot.header_lines && slot.headers == headers) return true;
  slot.header_lines.reset();
  const auto append = [&](const std::string& line) {
    curl_slist* list = curl_slist_append(slot.header_lines.get(), line.c_str());
    if (list == nullptr) return false;  // what there is stays the slot's
    static_cast<void>(slot.header_lines.release());
    slot.header_lines.reset(list);
    return true;
  };
  for (const auto& [name, value] : headers)  // an empty value is written with a semicolon
    if (!append(value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value)))
      return false;
  if (!append("Expect:")) return false;  // no waiting for 100-continue before a long body
  if (http::find_header(headers, "Content-Type").empty() && !append("Content-Type:"))
    return false;  // libcurl would call every body a form
  slot.headers = headers;
  return true;
}

constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};

/// With its length if it has a body, or if servers expect one with its method (RFC 9110, 8.6).
void set_method_and_body(Options& options, const Progress& progress) {
  const std::string& method = progress.exchange.method;
  const bool is_get = method == "GET";
  const bool has_length = progress.body_size > 0 || !(is_get || method == "DELETE");
  if (has_length) {
    options.set(CURLOPT_POST, 1L);
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(progress.body_size));
  } else {
    options.set(CURLOPT_HTTPGET, 1L);
  }
  const std::string_view set_method = has_length ? "POST" : "GET";
  options.set(CURLOPT_CUSTOMREQUEST, method == set_method ? nullptr : method.c_str());
  // A source is long: in pieces larger than libcurl's own it takes half as much of the processor.
  constexpr long buffer_for_text = 64 << 10;
  constexpr long buffer_for_source = 512 << 10;
  options.set(CURLOPT_UPLOAD_BUFFERSIZE,
              progress.source != nullptr ? buffer_for_source : buffer_for_text);
  // An empty body cannot refuse to be sent again; only a reused connection makes libcurl do that.
  options.set(CURLOPT_FRESH_CONNECT, !is_get && progress.body_size == 0 ? 1L : 0L);
}

/// What differs between exchanges: all of it is set for each, so that none is left from the last.
[[nodiscard]] bool set_exchange(Slot& slot, Progress& progress) {
  Options options(slot.easy.get());
  const Exchange& exchange = progress.exchange;
  slot.error[0] = '\0';
  options.set(CURLOPT_URL, exchange.url.c_str());
  set_method_and_body(options, progress);
  if (!set_headers(slot, exchange.headers)) return false;
  options.set(CURLOPT_HTTPHEADER, slot.header_lines.get());
  // 0 would be libcurl's own default of 300 s.
  const milliseconds connect = exchange.connect_timeout.count() > 0
                                   ? std::min(exchange.connect_timeout, practically_never)
                                   : practically_never;
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
  // Plain http to this machine stays on it, whatever proxy there is.
  const bool stays_here = exchange.url.starts_with("http://") && is_loopback_url(exchange.url);
  options.set(CURLOPT_NOPROXY, stays_here ? "*" : nullptr);
  options.set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&progress));
  options.set(CURLOPT_READDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_SEEKDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_PREREQDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_HEADERDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_WRITEDATA, static_cast<void*>(&progress));
  return options.ok();
}

curl_off_t info_of(CURL* easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

/// Whether bytes of a source's body have yet to leave. Only of a source is that watched: a text has
/// left when libcurl has read it.
bool is_sending_source(const Progress& progress) {
  return progress.source != nullptr &&
         static_cast<std::uint64_t>(progress.sent.value_or(0)) < progress.body_size;
}

/// Notes which bytes of a source's body have left, beginning with the connection.
void watch_source(CURL* easy, Progress& progress) {
  if (!progress.sent && info_of(easy, CURLINFO_PRETRANSFER_TIME_T) == 0) return;
  const curl_off_t sent = info_of(easy, CURLINFO_SIZE_UPLOAD_T);
  if (progress.sent == sent) return;
  progress.sent = sent;
  note_movement(progress);
}

/// The server cannot carry out a request that has a body and of whose body it has nothing.
bool may_have_reached_server(CURL* easy, const Progress& progress) {
  long request_size = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_size);
  return progress.body_size == 0 ? request_size > 0 : progress.body_read > 0;
}

Phase reached_phase(CURL* easy, const Progress& progress) {
  if (progress.head_complete) return Phase::receiving;
  if (may_have_reached_server(easy, progress)) {
    const bool is_sent = progress.body_read == progress.body_size && !is_sending_source(progress);
    return is_sent ? Phase::waiting : Phase::sending;
  }
  if (info_of(easy, CURLINFO_PRETRANSFER_TIME_T) > 0) return Phase::sending;
  if (progress.tls_begun) return Phase::tls;
  if (info_of(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0) return Phase::connecting;
  return Phase::resolving;
}

Failure::Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Failure::Kind::timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS: return Failure::Kind::tls;
    default: return Failure::Kind::network;
  }
}

/// What to say of a code: libcurl's own words, unless they say nothing, or too much.
std::string message_of(CURLcode code, const char* words_of_libcurl) {
  if (code == CURLE_SEND_FAIL_REWIND) return "the server closed the connection without an answer";
  if (code == CURLE_WRITE_ERROR) return "the answer has no whole head";  // listeners stop, not fail
  if (code == CURLE_OPERATION_TIMEDOUT)
    return "connect_timeout";  // libcurl is given no other limit
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return "the server wants the request again, on another connection";
  if (code == CURLE_SSL_CACERT_BADFILE) return "the file of certificate authorities cannot be read";
  std::string message = *words_of_libcurl != '\0' ? words_of_libcurl : curl_easy_strerror(code);
  // libcurl quotes the whole setting, password and all.
  if (message.starts_with("Unsupported proxy"))
    message = "the proxy cannot be understood; write it as http://host:port";
  return message;
}

/// Why an exchange cannot even begin; null if it can.
const char* fault_of(const Exchange& exchange) {
  constexpr std::uint64_t longest = std::numeric_limits<curl_off_t>::max();
  if (std::find(methods.begin(), methods.end(), exchange.method) == methods.end())
    return "only GET, POST, PUT, PATCH and DELETE can be sent";
  if (exchange.source && exchange.source->size() > longest)
    return "the body is longer than can be sent";
  return nullptr;
}

/// Before the network has anything of the request.
Failure failure_at_once(Failure::Kind kind, std::string message) {
  return {.kind = kind,
          .phase = Phase::resolving,
          .may_have_reached_server = false,
          .message = std::move(message)};
}

Failure set_up_failure() {
  return failure_at_once(Failure::Kind::network, "libcurl could not be set up");
}

/// No failure if the listener had all it needed before.
Result<void, Failure> failure_of(Slot& slot, const Progress& progress, Failure::Kind kind,
                                 std::string message) {
  if (progress.flow == Flow::finish) return {};
  return Failure{.kind = kind,
                 .phase = reached_phase(slot.easy.get(), progress),
                 .may_have_reached_server = may_have_reached_server(slot.easy.get(), progress),
                 .message = std::move(message)};
}

class CurlTransport final : public http::Transport {
 public:
  explicit CurlTransport(CurlSettings settings) : settings_(std::move(settings)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  Result<void, Failure> perform(const Exchange& exchange, Listener& listener,
                                const std::stop_token& stop) override {
    if (const char* fault = fault_of(exchange))
      return failure_at_once(Failure::Kind::request, fault);
    if (stop.stop_requested())
      return failure_at_once(Failure::Kind::stopped, "the caller stopped it");
    std::unique_ptr<Slot> slot = check_out();
    if (!slot) return set_up_failure();
    Result<void, Failure> outcome = run(*slot, exchange, listener, stop);
    if (slot->is_clean) check_in(std::move(slot));
    return outcome;
  }

 private:
  using Slots = std::deque<std::unique_ptr<Slot>>;

  std::unique_ptr<Slot> check_out() {
    {
      Slots expired;  // are closed after the lock is released
      const std::lock_guard lock(mutex_);
      expired = take_expired(Clock::now());
      if (!idle_.empty()) {
        std::unique_ptr<Slot> slot = std::move(idle_.back());  // the last one used is the warmest
        idle_.pop_back();
        return slot;
      }
    }
    auto slot = std::make_unique<Slot>();
    if (!set_up(*slot, settings_)) slot.reset();
    return slot;
  }

  void check_in(std::unique_ptr<Slot> slot) {
    Slots expired;
    slot->idle_since = Clock::now();
    const std::lock_guard lock(mutex_);
    expired = take_expired(slot->idle_since);
    idle_.push_back(std::move(slot));
  }

  /// Those that have been idle for too long: a peak of threads does not keep its connections.
  Slots take_expired(Clock::time_point now) {
    Slots expired;
    for (; !idle_.empty() && now - idle_.front()->idle_since > settings_.idle_connection_age;
         idle_.pop_front())
      expired.push_back(std::move(idle_.front()));
    return expired;
  }

  Result<void, Failure> run(Slot& slot, const Exchange& exchange, Listener& listener,
                            const std::stop_token& stop) {
    Progress progress = make_progress(exchange, listener);
    slot.is_clean = false;
    CURLM* multi = slot.multi.get();
    if (!set_exchange(slot, progress) || curl_multi_add_handle(multi, slot.easy.get()) != CURLM_OK)
      return set_up_failure();
    Result<void, Failure> outcome;
    {
      const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
      outcome = drive(slot, progress, stop);
    }
    curl_multi_remove_handle(multi, slot.easy.get());
    return outcome;
  }

  static Result<void, Failure> drive(Slot& slot, Progress& progress, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      int running = 0;
      const CURLMcode performed = curl_multi_perform(slot.multi.get(), &running);
      if (performed != CURLM_OK) return broken(slot, progress, performed);
      if (running == 0) return ended(slot, progress);
      if (is_sending_source(progress)) watch_source(slot.easy.get(), progress);
      const Clock::time_point now = Clock::now();
      const TimeLimit limit = next_limit(progress);
      if (now >= limit.end) return failure_of(slot, progress, Failure::Kind::timed_out, limit.name);
      const auto wait = std::chrono::ceil<milliseconds>(limit.end - now);
      constexpr milliseconds most_at_once{1'000'000};  // poll takes an int
      const CURLMcode polled =
          curl_multi_poll(slot.multi.get(), nullptr, 0,
                          static_cast<int>(std::min(wait, most_at_once).count()), nullptr);
      if (polled != CURLM_OK) return broken(slot, progress, polled);
    }
    return failure_of(slot, progress, Failure::Kind::stopped, "the caller stopped it");
  }

  static Result<void, Failure> broken(Slot& slot, const Progress& progress, CURLMcode code) {
    return failure_of(slot, progress, Failure::Kind::network, curl_multi_strerror(code));
  }

  /// A moment at which the exchange has taken too long, and the limit that says so.
  struct TimeLimit {
    Clock::time_point end = Clock::time_point::max();
    const char* name = "";
  };

  /// The limit that is reached first. A body in a source may take as long as it moves.
  static TimeLimit next_limit(const Progress& progress) {
    const Exchange& exchange = progress.exchange;
    TimeLimit next;
    const auto apply = [&next](const char* name, Clock::time_point from, milliseconds timeout) {
      if (timeout.count() <= 0) return;
      const Clock::time_point end = from + std::min(timeout, practically_never);
      if (end < next.end) next = {.end = end, .name = name};
    };
    constexpr milliseconds rest_of_a_finished_answer{1'000};
    apply("total_timeout", progress.start, exchange.total_timeout);
    if (progress.flow == Flow::finish) apply("", progress.last_moved, rest_of_a_finished_answer);
    const bool is_sending = is_sending_source(progress);
    if (is_sending && !progress.sent) return next;  // libcurl has the time to connect
    if (is_sending || progress.head_complete)
      apply("idle_timeout", progress.last_moved, exchange.idle_timeout);
    else
      apply("first_byte_timeout", progress.last_moved, exchange.first_byte_timeout);
    return next;
  }

  static Result<void, Failure> ended(Slot& slot, const Progress& progress) {
    CURLcode code = CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(slot.multi.get(), &left))
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    slot.is_clean = code == CURLE_OK && progress.head_complete;
    if (slot.is_clean) return {};
    if (code == CURLE_OK) code = CURLE_GOT_NOTHING;  // libcurl lets a head that is cut pass
    if (progress.flow == Flow::stop)
      return failure_of(slot, progress, Failure::Kind::stopped, "the listener stopped it");
    if (progress.source_fault != nullptr)
      return failure_of(slot, progress, Failure::Kind::request,
                        fmt::format("{} {}", progress.source->name(), progress.source_fault));
    return failure_of(slot, progress, kind_of(code), message_of(code, slot.error.data()));
  }

  CurlSettings settings_;
  std::mutex mutex_;
  Slots idle_;  // the one that has been idle longest first
};

}  // namespace

std::shared_ptr<http::Transport> curl_transport(CurlSettings settings) {
  return std::make_shared<CurlTransport>(std::move(settings));
}

}  // namespace FineTuning::internal
