#!/bin/sh
# Builds the FUSE server cfs-fuse.
#
# Usage: sh daemon/build.sh [OUTDIR [sanitize]]
# Needs a C compiler ($CC, else cc, gcc or clang) with the headers of libc and Linux. The default of OUTDIR is build/daemon of
# this project; OUTDIR/cfs-fuse is replaced atomically. `sanitize` builds with the address and undefined behaviour sanitizers.
# CFLAGS and LDFLAGS are added.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
name=cfs-fuse
default_out=$here/../build/daemon
# shellcheck source=scripts/c-build.sh
. "$here/../scripts/c-build.sh"
[ "$kind" = plain ] || flags="$flags -DCFS_SANITIZED"

if ! accepts; then
	cat "$temporary/log" >&2
	[ "$kind" = plain ] || say 'sanitizers need libasan and libubsan, which some distributions package separately'
	say "$compiler cannot build a program with the headers of libc and Linux" \
		'(Debian: libc6-dev linux-libc-dev, Fedora: glibc-devel kernel-headers, Alpine: musl-dev linux-headers)'
	exit 1
fi

flags="$flags -pthread"
harden
# Static linking cuts start time by a quarter and memory by half; not every distribution has the libraries.
if [ "$kind" = plain ]; then
	if accepts -fPIE -static-pie; then
		flags="$flags -fPIE -static-pie"
	else
		say "warning: linked dynamically, because $compiler cannot link with -static-pie: the server starts more slowly" \
			'(Fedora: dnf install glibc-static)'
		add_flags '-fPIE -pie'
	fi
fi

compile -o "$temporary/cfs-fuse" "$here"/*.c
mv -f "$temporary/cfs-fuse" "$out/cfs-fuse"
