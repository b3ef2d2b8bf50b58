#pragma once

// FINETUNING_EXPORT marks what a shared library shows its users: functions and classes with a body
// in src/, and classes that are thrown or implemented across its border. CMake defines
// FINETUNING_SHARED for a shared library and its users, FineTuning_EXPORTS while it is built.

#if !defined(FINETUNING_SHARED)
#define FINETUNING_EXPORT
#elif !defined(_WIN32)
#define FINETUNING_EXPORT __attribute__((visibility("default")))
#elif defined(FineTuning_EXPORTS)
#define FINETUNING_EXPORT __declspec(dllexport)
#else
#define FINETUNING_EXPORT __declspec(dllimport)
#endif

// FINETUNING_HIDDEN hides what g++ shows whatever -fvisibility says: the specializations of a
// variable template.
#ifdef _WIN32
#define FINETUNING_HIDDEN
#else
#define FINETUNING_HIDDEN __attribute__((visibility("hidden")))
#endif
