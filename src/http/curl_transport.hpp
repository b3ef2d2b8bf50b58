#pragma once

// The transport on libcurl: the one place that knows curl.

#include <FineTuning/http.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace FineTuning::internal {

struct CurlSettings {
  std::string ca_file{};  ///< PEM; empty: the system's authorities.
  std::string proxy{};    ///< As libcurl takes it; empty: from the environment.
  /// Connections that have been idle for longer are not used again: somebody on the way may have
  /// dropped them without a word.
  std::chrono::seconds idle_connection_age{60};
};

/// Connections stay open between exchanges; each exchange has one to itself while it lasts.
[[nodiscard]] std::shared_ptr<http::Transport> curl_transport(CurlSettings settings);

}  // namespace FineTuning::internal
