// One exchange on libcurl.
//
// A call checks out a slot: an easy handle and the multi handle whose connection cache it uses.
// Handles and connections are so never shared between threads, and the multi handle can be woken by
// a stop request, which an easy transfer cannot. A slot is kept for the next call only where its
// exchange came to an end by itself: with any other, its connections close at once, which tells the
// server that nobody waits for the rest (over HTTP/2, a reset would stay in a queue until the slot
// is used again).

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
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

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
  bool is_clean = false;  // its exchange came to an end by itself
  Clock::time_point idle_since;
};

/// What the callbacks know of the exchange that is going on.
struct Progress {
  const Exchange& exchange;
  Listener& listener;
  Head head{};
  bool tls_begun = false;
  std::size_t body_sent = 0;
  bool head_complete = false;
  Flow flow = Flow::go_on;
  Clock::time_point last_heard;
};

/// False where the exchange ends at once. Of what follows the finish nothing counts.
bool goes_on(Progress& progress, Flow flow) {
  if (progress.flow != Flow::finish) {
    progress.flow = flow;
    progress.last_heard = Clock::now();
  }
  return flow != Flow::stop;
}

// The callbacks run between libcurl's frames, which no exception may cross.

CURLcode on_tls_begin(CURL* /*easy*/, void* /*context*/, void* user) noexcept {
  static_cast<Progress*>(user)->tls_begun = true;
  return CURLE_OK;
}

std::size_t on_request_body(char* buffer, std::size_t size, std::size_t count,
                            void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  const std::string& body = progress.exchange.body;
  const std::size_t part = std::min(size * count, body.size() - progress.body_sent);
  body.copy(buffer, part, progress.body_sent);
  progress.body_sent += part;
  return part;
}

/// On a reused connection that the server closes unanswered, libcurl would send the body again by
/// itself. A paid request is not sent twice unasked, so it may not rewind.
int refuse_to_rewind(void* user, curl_off_t offset, int /*origin*/) noexcept {
  const auto& progress = *static_cast<Progress*>(user);
  return offset == 0 && progress.body_sent == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::size_t on_header_line(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  const std::string_view line = trimmed({data, size * count});
  if (line.starts_with("HTTP/") && line.find(' ') != std::string_view::npos) {
    progress.head = {};  // also of an interim answer, which another head follows
    const std::string_view status = line.substr(line.find(' ') + 1, 3);
    std::from_chars(status.data(), status.data() + status.size(), progress.head.status);
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    progress.head.headers.emplace_back(trimmed(line.substr(0, colon)),
                                       trimmed(line.substr(colon + 1)));
  } else if (line.empty() && progress.head.status >= 200 && !progress.head_complete) {
    progress.head_complete = true;
    if (!goes_on(progress, progress.listener.on_head(progress.head))) return CURL_WRITEFUNC_ERROR;
  }
  return size * count;
}

std::size_t on_response_body(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& progress = *static_cast<Progress*>(user);
  const Flow flow = progress.listener.on_body({data, size * count});
  return goes_on(progress, flow) ? size * count : CURL_WRITEFUNC_ERROR;
}

/// Sets options of a handle; ok() is false once libcurl has refused one: without it the exchange
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
    if (!append(value.empty() ? name + ';' : fmt::format("{}: {}", name, value))) return false;
  if (!append("Expect:")) return false;  // no waiting for 100-continue before a long body
  slot.headers = headers;
  return true;
}

/// What differs between exchanges: all of it is set for each, so that none is left from the last.
[[nodiscard]] bool set_exchange(Slot& slot, Progress& progress) {
  Options options(slot.easy.get());
  const Exchange& exchange = progress.exchange;
  slot.error[0] = '\0';
  options.set(CURLOPT_URL, exchange.url.c_str());
  const bool is_get = exchange.method == "GET";
  if (is_get) {
    options.set(CURLOPT_HTTPGET, 1L);
  } else {
    options.set(CURLOPT_POST, 1L);
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.body.size()));
  }
  // An empty body cannot refuse to be sent again; only a reused connection makes libcurl do that.
  options.set(CURLOPT_FRESH_CONNECT, !is_get && exchange.body.empty() ? 1L : 0L);
  if (!set_headers(slot, exchange.headers)) return false;
  options.set(CURLOPT_HTTPHEADER, slot.header_lines.get());
  // 0 would be libcurl's own default of 300 s.
  const milliseconds connect = exchange.connect_timeout.count() > 0
                                   ? std::min(exchange.connect_timeout, internal::practically_never)
                                   : internal::practically_never;
  options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));
  // Plain http to this machine stays on it, whatever proxy there is.
  const bool stays_here =
      exchange.url.starts_with("http://") && internal::is_loopback_url(exchange.url);
  options.set(CURLOPT_NOPROXY, stays_here ? "*" : nullptr);
  options.set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&progress));
  options.set(CURLOPT_READDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_SEEKDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_HEADERDATA, static_cast<void*>(&progress));
  options.set(CURLOPT_WRITEDATA, static_cast<void*>(&progress));
  return options.ok();
}

curl_off_t microseconds_of(CURL* easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

/// A request without its body is none: the server cannot have carried it out.
bool may_have_reached_server(CURL* easy, const Progress& progress) {
  long request_size = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_size);
  return progress.exchange.body.empty() ? request_size > 0 : progress.body_sent > 0;
}

Phase reached_phase(CURL* easy, const Progress& progress) {
  if (progress.head_complete) return Phase::receiving;
  if (may_have_reached_server(easy, progress))
    return progress.body_sent == progress.exchange.body.size() ? Phase::waiting : Phase::sending;
  if (microseconds_of(easy, CURLINFO_PRETRANSFER_TIME_T) > 0) return Phase::sending;
  if (progress.tls_begun) return Phase::tls;
  if (microseconds_of(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0) return Phase::connecting;
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

/// What to say of a code where libcurl's own words say nothing, or too much.
std::string words_for(CURLcode code, const char* said) {
  if (code == CURLE_SEND_FAIL_REWIND) return "the server closed the connection without an answer";
  if (code == CURLE_SSL_CACERT_BADFILE) return "the file of certificate authorities cannot be read";
  std::string words = *said != '\0' ? said : curl_easy_strerror(code);
  // libcurl quotes the whole setting, password and all.
  if (words.starts_with("Unsupported proxy"))
    words = "the proxy cannot be understood; write it as http://host:port";
  return words;
}

Failure set_up_failure() { return {.message = "libcurl could not be set up"}; }

/// Empty where the listener had all it needed before.
std::optional<Failure> failure_of(Slot& slot, const Progress& progress, Failure::Kind kind,
                                  std::string message) {
  if (progress.flow == Flow::finish) return std::nullopt;
  return Failure{.kind = kind,
                 .phase = reached_phase(slot.easy.get(), progress),
                 .may_have_reached_server = may_have_reached_server(slot.easy.get(), progress),
                 .message = std::move(message)};
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlSettings settings) : settings_(std::move(settings)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  std::optional<Failure> perform(const Exchange& exchange, Listener& listener,
                                 const std::stop_token& stop) override {
    if (exchange.method != "GET" && exchange.method != "POST")
      return Failure{.message = "only GET and POST can be sent"};
    if (stop.stop_requested())
      return Failure{.kind = Failure::Kind::stopped,
                     .phase = Phase::resolving,
                     .message = "the caller stopped it"};
    std::unique_ptr<Slot> slot = check_out();
    if (!slot) return set_up_failure();
    std::optional<Failure> failure = run(*slot, exchange, listener, stop);
    if (slot->is_clean) check_in(std::move(slot));
    return failure;
  }

 private:
  using Slots = std::deque<std::unique_ptr<Slot>>;

  std::unique_ptr<Slot> check_out() {
    {
      Slots cold;  // is closed when the lock is gone
      const std::lock_guard lock(mutex_);
      cold = take_cold(Clock::now());
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
    Slots cold;
    slot->idle_since = Clock::now();
    const std::lock_guard lock(mutex_);
    cold = take_cold(slot->idle_since);
    idle_.push_back(std::move(slot));
  }

  /// Those that have been idle for too long: a peak of threads does not keep its connections.
  Slots take_cold(Clock::time_point now) {
    Slots cold;
    for (; !idle_.empty() && now - idle_.front()->idle_since > settings_.idle_connection_age;
         idle_.pop_front())
      cold.push_back(std::move(idle_.front()));
    return cold;
  }

  std::optional<Failure> run(Slot& slot, const Exchange& exchange, Listener& listener,
                             const std::stop_token& stop) {
    const Clock::time_point start = Clock::now();
    Progress progress{.exchange = exchange, .listener = listener, .last_heard = start};
    slot.is_clean = false;
    CURLM* multi = slot.multi.get();
    if (!set_exchange(slot, progress) || curl_multi_add_handle(multi, slot.easy.get()) != CURLM_OK)
      return set_up_failure();
    std::optional<Failure> failure;
    {
      const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
      failure = drive(slot, progress, stop, start);
    }
    curl_multi_remove_handle(multi, slot.easy.get());
    return failure;
  }

  static std::optional<Failure> drive(Slot& slot, Progress& progress, const std::stop_token& stop,
                                      Clock::time_point start) {
    while (!stop.stop_requested()) {
      int running = 0;
      const CURLMcode performed = curl_multi_perform(slot.multi.get(), &running);
      if (performed != CURLM_OK) return broken(slot, progress, performed);
      if (running == 0) return outcome(slot, progress);
      const Clock::time_point now = Clock::now();
      const Clock::time_point limit = next_limit(progress, start);
      if (now >= limit)
        return failure_of(slot, progress, Failure::Kind::timed_out, "no answer in time");
      const auto wait = std::chrono::ceil<milliseconds>(limit - now);
      constexpr milliseconds most_at_once{1'000'000};  // poll takes an int
      const CURLMcode polled =
          curl_multi_poll(slot.multi.get(), nullptr, 0,
                          static_cast<int>(std::min(wait, most_at_once).count()), nullptr);
      if (polled != CURLM_OK) return broken(slot, progress, polled);
    }
    return failure_of(slot, progress, Failure::Kind::stopped, "the caller stopped it");
  }

  static std::optional<Failure> broken(Slot& slot, const Progress& progress, CURLMcode code) {
    return failure_of(slot, progress, Failure::Kind::network, curl_multi_strerror(code));
  }

  /// The moment at which the exchange has taken too long.
  static Clock::time_point next_limit(const Progress& progress, Clock::time_point start) {
    const Exchange& exchange = progress.exchange;
    Clock::time_point limit = Clock::time_point::max();
    const auto apply = [&limit](Clock::time_point from, milliseconds timeout) {
      if (timeout.count() > 0)
        limit = std::min(limit, from + std::min(timeout, internal::practically_never));
    };
    constexpr milliseconds rest_of_a_finished_answer{1'000};
    apply(start, exchange.total_timeout);
    if (progress.flow == Flow::finish) apply(progress.last_heard, rest_of_a_finished_answer);
    if (progress.head_complete)
      apply(progress.last_heard, exchange.idle_timeout);
    else
      apply(start, exchange.first_byte_timeout);
    return limit;
  }

  static std::optional<Failure> outcome(Slot& slot, const Progress& progress) {
    CURLcode code = CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(slot.multi.get(), &left))
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    slot.is_clean = code == CURLE_OK && progress.head_complete;
    if (slot.is_clean) return std::nullopt;
    if (code == CURLE_OK) code = CURLE_GOT_NOTHING;  // libcurl lets a head that is cut pass
    if (progress.flow == Flow::stop)
      return failure_of(slot, progress, Failure::Kind::stopped, "the listener stopped it");
    return failure_of(slot, progress, kind_of(code), words_for(code, slot.error.data()));
  }

  CurlSettings settings_;
  std::mutex mutex_;
  Slots idle_;  // the coldest first
};

}  // namespace

std::shared_ptr<Transport> curl_transport(CurlSettings settings) {
  return std::make_shared<CurlTransport>(std::move(settings));
}

}  // namespace FineTuning::http
