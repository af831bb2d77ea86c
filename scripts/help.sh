# Sourced by a script before it changes the folder, with its arguments: for --help, prints the comment at the top of the script and ends it
# with exit code 0.
# shellcheck shell=sh
case " $* " in
*' --help '* | *' -h '*)
  sed -n '2,${ /^#/!q; s/^# \{0,1\}//; p; }' "$0"
  exit 0
  ;;
esac

started_in=$PWD
# A path as meant where the script was started, for use after a cd.
absolute() {
  case $1 in
  /*) printf '%s\n' "$1" ;;
  *) printf '%s\n' "$started_in/$1" ;;
  esac
}
