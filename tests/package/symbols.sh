#!/bin/sh
# symbols.sh NM LIBRARY: what a shared library shows its users. The types of what is implemented or thrown across its
# border have to be there; nothing internal may be.
set -eu
shown=$("$1" --dynamic --defined-only --demangle "$2")
hidden=$("$1" --defined-only --demangle "$2" | grep ' [dr] ' || true)
status=0
for type in http::Transport http::Listener VersionStore; do
  if ! echo "$shown" | grep -q "typeinfo for FineTuning::$type\$"; then
    echo "The type FineTuning::$type is not exported; mark it with FINETUNING_EXPORT."
    status=1
  fi
done
# Not every one of these has to have been used by the library; one that it hides is another type to its users.
if echo "$hidden" | grep -E 'typeinfo for FineTuning::(Failure<FineTuning::Error>|http::BodySource)$'; then
  echo "These types are hidden; mark them, and what they are templates of, with FINETUNING_EXPORT."
  status=1
fi
if echo "$shown" | grep 'FineTuning::internal'; then
  echo "These symbols are internal and exported; hide them."
  status=1
fi
exit $status
