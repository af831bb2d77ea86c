#!/bin/sh
# Builds the FUSE server cfs-fuse.
#
# Usage: sh daemon/build.sh [OUTDIR [sanitize]]
# Needs a C compiler ($CC, else cc, gcc or clang) with the headers of libc and Linux. OUTDIR is build/daemon of this
# project by default; the result is OUTDIR/cfs-fuse, replaced atomically. `sanitize` builds with the address and
# undefined behaviour sanitizers. CFLAGS and LDFLAGS are added.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$here/../build/daemon}
kind=${2:-plain}

say() { echo "cfs-fuse: build: $*" >&2; }

case $kind in
plain) flags='-O2' ;;
sanitize) flags='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DCFS_SANITIZED' ;;
*)
	say "unknown argument '$kind' (did you mean 'sanitize'?)"
	exit 2
	;;
esac

compiler=${CC:-}
for candidate in cc gcc clang; do
	[ -n "$compiler" ] && break
	if command -v "$candidate" >/dev/null 2>&1; then compiler=$candidate; fi
done
if [ -z "$compiler" ]; then
	say 'no C compiler found (cc, gcc or clang); Debian and Ubuntu: apt install gcc libc6-dev,' \
		'Fedora: dnf install gcc glibc-devel, Arch: pacman -S gcc'
	exit 1
fi

mkdir -p "$out"
temporary=$(mktemp -d "$out/.cfs-fuse.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 1' HUP INT TERM

# $compiler and the flags are lists of words.
# shellcheck disable=SC2086
try() { $compiler $flags ${CFLAGS:-} "$@"; }

printf '%s\n' '#include <stdio.h>' '#include <linux/fuse.h>' 'int main(void) { return 0; }' >"$temporary/try.c"
if ! try -o "$temporary/try" "$temporary/try.c" >"$temporary/output" 2>&1; then
	cat "$temporary/output" >&2
	[ "$kind" = plain ] || say 'sanitizers need libasan and libubsan, which some distributions package separately'
	say "$compiler cannot build a program that uses the headers of libc and Linux" \
		'(Debian: libc6-dev linux-libc-dev, Fedora: glibc-devel kernel-headers, Alpine: musl-dev linux-headers)'
	exit 1
fi

# Static linking cuts start time by a quarter and memory by half; not every distribution has the libraries.
static=
if [ "$kind" = plain ] && try -static -pthread -o "$temporary/try" "$temporary/try.c" >"$temporary/output" 2>&1; then
	static=-static
fi

# shellcheck disable=SC2086
try -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Werror -pthread \
	$static -o "$temporary/cfs-fuse" "$here"/*.c ${LDFLAGS:-}
mv -f "$temporary/cfs-fuse" "$out/cfs-fuse"
