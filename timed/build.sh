#!/bin/sh
# Builds libtimed.so, which makes the system calls of a window back to back and reads the clock itself.
#
# Usage: sh timed/build.sh [OUTDIR [sanitize]]
# Needs a C compiler ($CC, else cc, gcc or clang) with the headers of libc and Linux. OUTDIR is build/timed of this
# project unless given; the result is OUTDIR/libtimed.so, replaced at once. `sanitize` builds with the address and
# undefined behaviour sanitizers: such a library is loaded only below LD_PRELOAD of the sanitizer's own. CFLAGS and
# LDFLAGS are added.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
daemon=$here/../daemon
out=${1:-$here/../build/timed}
kind=${2:-plain}

say() { echo "libtimed: build: $*" >&2; }

case $kind in
plain) flags='-O2' ;;
sanitize) flags='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' ;;
*)
	say "what is '$kind'? Only 'sanitize' may follow the folder"
	exit 2
	;;
esac

compiler=${CC:-}
for candidate in cc gcc clang; do
	[ -n "$compiler" ] && break
	if command -v "$candidate" >/dev/null 2>&1; then compiler=$candidate; fi
done
if [ -z "$compiler" ]; then
	say 'there is no C compiler (cc, gcc or clang)'
	exit 1
fi

mkdir -p "$out"
temporary=$(mktemp -d "$out/.libtimed.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 1' HUP INT TERM

# The server's reader of images marks what a kept manifest needs.
# Bound at once: no window pays for looking a function up. $compiler and the flags are lists of words.
# shellcheck disable=SC2086
$compiler $flags ${CFLAGS:-} -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Werror -fPIC -shared \
	-Wl,-z,now -o "$temporary/libtimed.so" "$here"/*.c \
	"$daemon/image.c" "$daemon/inode.c" "$daemon/dir.c" "$daemon/xattr.c" "$daemon/walk.c" -ldl ${LDFLAGS:-}
mv -f "$temporary/libtimed.so" "$out/libtimed.so"
