// The sandbox's server: hands each request to its provider's wire and sends the answer.

#include "sandbox.hpp"

#include "wire.hpp"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace FineTuning::examples {
namespace {

struct Route {
  std::string_view provider;
  std::string_view base;
  wire::Answer (*answer)(const wire::Request&, wire::Faults&);
};
constexpr Route routes[] = {
    {"openai", "/openai/v1", wire::openai},     {"google", "/google", wire::gemini},
    {"vertex", "/vertex", wire::gemini},        {"cohere", "/cohere", wire::cohere},
    {"together", "/together/v1", wire::openai}, {"groq", "/groq/openai/v1", wire::openai},
    {"local", "/local/v1", wire::openai},
};

SeenRequest seen(const httplib::Request& request) {
  SeenRequest seen{.method = request.method,
                   .path = request.target,
                   .headers = {},
                   .body = request.body,
                   .client_port = request.remote_port};
  for (const auto& [name, value] : request.headers) {
    // Older versions of the server library add these four, which nobody sent.
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
        name == "LOCAL_PORT")
      continue;
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    seen.headers.emplace(std::move(lower), value);
  }
  return seen;
}

std::string twelve_digits(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(12 - std::min<std::size_t>(digits.size(), 12), '0') + digits;
}

}  // namespace

struct Sandbox::Server {
  Server() {
    http.new_task_queue = [] { return new httplib::ThreadPool(32); };
    http.set_tcp_nodelay(true);
    http.set_keep_alive_timeout(2);
    http.set_keep_alive_max_count(10'000);
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      send(answer(seen(request)), response);
    };
    http.Get(".*", handler).Post(".*", handler).Put(".*", handler).Patch(".*", handler);
    http.Delete(".*", handler);
    socket_t listening{};
    http.set_socket_options([&listening](socket_t socket) { listening = socket; });
    port = http.bind_to_any_port("127.0.0.1");
    if (port <= 0) throw std::runtime_error("The sandbox found no free port on 127.0.0.1.");
    // The library lets five clients wait; a sixth that comes at once would try again in a second.
    ::listen(listening, 128);
    listener = std::thread([this] { http.listen_after_bind(); });
    // stop() is lost on a server that does not run yet.
    while (!http.is_running()) std::this_thread::yield();
  }

  ~Server() {
    {
      const std::scoped_lock lock(mutex);
      stopping = true;
    }
    stopped.notify_all();
    http.stop();
    listener.join();
  }

  wire::Answer answer(SeenRequest request) {
    const std::size_t query = std::min(request.path.find('?'), request.path.size());
    wire::Request asked{.method = request.method,
                        .path = request.path.substr(0, query),
                        .query = request.path.substr(std::min(query + 1, request.path.size())),
                        .headers = request.headers,
                        .body = request.body};
    {
      const std::scoped_lock lock(mutex);
      requests.push_back(std::move(request));
      asked.serial = twelve_digits(requests.size());
    }
    for (const Route& route : routes) {
      if (!asked.path.starts_with(std::string(route.base) + '/')) continue;
      asked.provider = route.provider;
      asked.path.erase(0, route.base.size());
      return route.answer(asked, faults);
    }
    return wire::json_answer(R"({"error":"The sandbox has no provider at this path."})", 404);
  }

  void send(wire::Answer answer, httplib::Response& response) {
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.set_header(name, value);
    const std::string type = answer.content_type;
    if (!answer.streamed && answer.fault == wire::Fault::none) {
      response.set_content(answer.pieces.front(), type);
      return;
    }
    std::size_t size = 0;
    for (const std::string& piece : answer.pieces) size += piece.size();
    const bool chunked = answer.streamed;
    auto send_next = [this, answer = std::move(answer),
                      next = std::size_t{0}](httplib::DataSink& sink) mutable {
      if (answer.fault != wire::Fault::none && next == answer.fault_at) {
        if (answer.fault == wire::Fault::stall) wait_until_gone(sink);
        return false;
      }
      if (next == answer.pieces.size()) {
        sink.done();
        return true;
      }
      const std::string& piece = answer.pieces[next++];
      return sink.write(piece.data(), piece.size());
    };
    if (chunked)
      response.set_chunked_content_provider(
          type,
          [send_next](std::size_t, httplib::DataSink& sink) mutable { return send_next(sink); });
    else
      response.set_content_provider(
          size, type, [send_next](std::size_t, std::size_t, httplib::DataSink& sink) mutable {
            return send_next(sink);
          });
  }

  /// Waits for the client to hang up or for the server to stop.
  void wait_until_gone(const httplib::DataSink& sink) {
    using namespace std::chrono_literals;
    std::unique_lock lock(mutex);
    while (!stopping) {
      stopped.wait_for(lock, 20ms);
      lock.unlock();
      const bool writable = sink.is_writable();
      lock.lock();
      if (!writable) return;
    }
  }

  httplib::Server http;
  std::thread listener;
  int port = 0;
  wire::Faults faults;
  mutable std::mutex mutex;  // of what follows
  std::condition_variable stopped;
  bool stopping = false;
  std::vector<SeenRequest> requests;
};

Sandbox::Sandbox() : server_(std::make_unique<Server>()) {}
Sandbox::~Sandbox() = default;

std::string Sandbox::base_url(std::string_view provider) const {
  const auto route = std::ranges::find(routes, provider, &Route::provider);
  if (route == std::end(routes)) return {};
  return "http://127.0.0.1:" + std::to_string(server_->port) + std::string(route->base);
}

std::vector<SeenRequest> Sandbox::requests() const {
  const std::scoped_lock lock(server_->mutex);
  return server_->requests;
}

}  // namespace FineTuning::examples
