#pragma once

/// @mainpage
/// Everything: names and facts of models, a client for all providers, and what is made of it.
///
///     FineTuning::Chat chat;  // keys from the environment
///     const auto response = chat.send("openai:ft:gpt-4o-mini-2024-07-18:acme::abc123", "Hello");
///     if (!response) return report(response.error());  // an Error: a kind, a sentence, ..
///     std::cout << response->content << '\n';
///
/// FineTuning::Model and FineTuning::parse_model_id() read a name, FineTuning::facts() says what
/// is known of it, and FineTuning::Chat asks it. A Chat and all that is made of Chats are each a
/// FineTuning::Responder, so they nest. What can fail returns a FineTuning::Result.

/// @namespace FineTuning
/// Names and facts of models, a client for all providers, and patterns over anything that answers.

#include <FineTuning/account.hpp>
#include <FineTuning/capability.hpp>
#include <FineTuning/catalog.hpp>
#include <FineTuning/chat.hpp>
#include <FineTuning/chat_request.hpp>
#include <FineTuning/compare.hpp>
#include <FineTuning/days.hpp>
#include <FineTuning/enum_names.hpp>
#include <FineTuning/error.hpp>
#include <FineTuning/evaluate.hpp>
#include <FineTuning/expectation.hpp>
#include <FineTuning/facts.hpp>
#include <FineTuning/fallback.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/monitor.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/providers.hpp>
#include <FineTuning/registry.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/router.hpp>
#include <FineTuning/split.hpp>
#include <FineTuning/statistics.hpp>
#include <FineTuning/usage.hpp>
#include <FineTuning/version.hpp>
