// Errors as JSON.

#include <FineTuning/error.hpp>

#include <nlohmann/json.hpp>

namespace FineTuning {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const Error& error) {
  Json json{{"kind", to_string(error.kind)}, {"message", error.message}};
  if (error.http_status != 0) json["http_status"] = error.http_status;
  if (!error.code.empty()) json["code"] = error.code;
  if (!error.request_id.empty()) json["request_id"] = error.request_id;
  if (error.retry_after) json["retry_after_ms"] = error.retry_after->count();
  if (!error.partial.empty()) json["partial"] = error.partial;
  if (error.outcome_unknown) json["outcome_unknown"] = true;
  json["attempts"] = error.attempts;
  for (const Error& cause : error.causes) json["causes"].push_back(as_json(cause));
  return json;
}

}  // namespace

std::string to_json(const Error& error) {
  // A message may quote bytes of an answer that are not UTF-8: they are replaced.
  return Json{{"error", as_json(error)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace FineTuning
