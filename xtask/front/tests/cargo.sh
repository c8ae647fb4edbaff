#!/bin/sh
# A cargo that says how it was called and ends with a code of its own.
pwd
printf '%s\n' "$@"
exit 7
