#!/bin/sh
# The original is built without protected mode, in which a server without a password refuses other hosts.
exec setpriv --reuid=redis --regid=redis --init-groups "$@" --protected-mode no
