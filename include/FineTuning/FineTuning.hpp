#pragma once

// Everything.

#include <FineTuning/capability.hpp>
#include <FineTuning/catalog.hpp>
#include <FineTuning/chat.hpp>
#include <FineTuning/error.hpp>
#include <FineTuning/fallback.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/providers.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>
#include <FineTuning/version.hpp>
