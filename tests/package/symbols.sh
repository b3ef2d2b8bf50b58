#!/bin/sh
# symbols.sh NM LIBRARY: what a shared library shows its users. The types of what is thrown or implemented across its
# border have to be there; nothing internal may be.
set -eu
symbols=$("$1" --dynamic --defined-only --demangle "$2")
status=0
for type in 'Failure<FineTuning::Error>' http::Transport http::Listener VersionStore; do
  echo "$symbols" | grep -q "typeinfo for FineTuning::$type\$" || {
    echo "The type FineTuning::$type is not exported; mark it with FINETUNING_EXPORT."
    status=1
  }
done
if echo "$symbols" | grep 'FineTuning::internal'; then
  echo "These symbols are internal and exported; take FINETUNING_EXPORT off."
  status=1
fi
exit $status
