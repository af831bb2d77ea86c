# Sourced by a script, with its arguments: for --help, prints the comment at the top of the script and ends it with exit code 0.
# shellcheck shell=sh
case " $* " in
*' --help '* | *' -h '*)
  sed -n '2,${ /^#/!q; s/^# \{0,1\}//; p; }' "$0"
  exit 0
  ;;
esac
