# The common part of the C builds. They source it with $name, $default_out and their arguments: [OUTDIR [sanitize]].
#
# Sets $out, $kind (plain or sanitize), $flags, $compiler, and $temporary: a folder in $out that is removed at exit.

out=${1:-$default_out}
kind=${2:-plain}

say() { echo "$name: build: $*" >&2; }

case $kind in
plain) flags='-O2' ;;
sanitize) flags='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' ;;
*)
	say "unknown argument '$kind' (did you mean 'sanitize'?)"
	exit 2
	;;
esac
flags="$flags -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64"
# Each release of a compiler has new warnings, which must not end a build elsewhere: npm run lint asks for them, as errors.
if [ -n "${CFSBENCH_WARNINGS:-}" ]; then flags="$flags -Wall -Wextra -Werror"; fi

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
temporary=$(mktemp -d "$out/.$name.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 1' HUP INT TERM

# $compiler and the flags are lists of words.
# shellcheck disable=SC2086
compile() { $compiler $flags ${CFLAGS:-} "$@" ${LDFLAGS:-}; }

printf '%s\n' '#include <stdio.h>' '#include <linux/fuse.h>' 'int main(void) { return 0; }' >"$temporary/try.c"

# Whether a program compiles and links with these options; its errors are in $temporary/log.
accepts() { compile "$@" -o "$temporary/try" "$temporary/try.c" >"$temporary/log" 2>&1; }

# Adds options to $flags. Each argument is one or more options; one that the compiler refuses is left out and named.
add_flags() {
	# shellcheck disable=SC2086
	if accepts $*; then
		flags="$flags $*"
		return
	fi
	for given in "$@"; do
		# shellcheck disable=SC2086
		if accepts $given; then flags="$flags $given"; else say "warning: built without $given, which $compiler refuses"; fi
	done
}

# Sanitizers find more than these options protect from, and exclude some of them.
harden() {
	[ "$kind" = plain ] || return 0
	case $($compiler -dumpmachine) in
	x86_64*) branches=-fcf-protection ;;
	aarch64*) branches=-mbranch-protection=standard ;;
	*) branches= ;;
	esac
	# Some compilers define _FORTIFY_SOURCE themselves.
	# shellcheck disable=SC2086
	add_flags -fstack-protector-strong '-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3' -Wl,-z,relro -Wl,-z,now $branches
}
