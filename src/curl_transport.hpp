#pragma once

// The transport on libcurl: the one place that knows curl.

#include <FineTuning/http.hpp>

#include <memory>
#include <string>

namespace FineTuning::http {

struct CurlSettings {
  std::string ca_file{};  ///< PEM; empty: the system's authorities.
  std::string proxy{};    ///< As libcurl takes it; empty: from the environment.
};

/// Connections stay open between exchanges; each exchange has one to itself while it lasts.
[[nodiscard]] std::shared_ptr<Transport> curl_transport(CurlSettings settings);

}  // namespace FineTuning::http
