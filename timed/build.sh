#!/bin/sh
# Builds libtimed.so, which makes the system calls of a window back to back and reads the clock, and `workers`, which lives many
# lives at the same time.
#
# Usage: sh timed/build.sh [OUTDIR [sanitize]]
# Needs a C compiler ($CC, else cc, gcc or clang) with the headers of libc and Linux. The default of OUTDIR is build/timed of
# this project; OUTDIR/libtimed.so and OUTDIR/workers are replaced atomically. `sanitize` builds with the address and undefined behaviour
# sanitizers; such a library loads only with LD_PRELOAD of the sanitizer. CFLAGS and LDFLAGS are added.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
daemon=$here/../daemon
name=libtimed
default_out=$here/../build/timed
# shellcheck source=scripts/c-build.sh
. "$here/../scripts/c-build.sh"

flags="$flags -fPIC"
harden
# The server's reader of images finds the objects that a kept manifest references.
# -z now: no window contains the lookup of a function.
compile -shared -Wl,-z,now -o "$temporary/libtimed.so" "$here"/*.c \
	"$daemon/guard.c" "$daemon/image.c" "$daemon/inode.c" "$daemon/dir.c" "$daemon/xattr.c" "$daemon/walk.c" -ldl
# The workers of many lives make the same calls in processes of their own.
compile -o "$temporary/workers" "$here"/workers/*.c \
	"$here/batch.c" "$here/run.c" "$here/remove.c"
mv -f "$temporary/libtimed.so" "$out/libtimed.so"
mv -f "$temporary/workers" "$out/workers"
