// A shell script for GNU parallel. Source: parallel(1): --sshlogin, --basefile, --return, --joblog.
import { fileURLToPath } from 'node:url';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import {
  type FleetOptions,
  type FleetPlan,
  fleetFile,
  fleetPlan,
  hereDocument,
  joinScript,
  openResults,
  replicateScript,
} from './fleet-plan.ts';

/** A login of ssh: user and host, without characters that ssh, rsync, scp or parallel would interpret. */
const LOGIN = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*$/;

const loginsOf = (hosts: readonly string[]): readonly string[] => {
  const wrong = hosts.find((host) => !LOGIN.test(host));
  if (wrong !== undefined)
    throw new UserError(`--hosts: not a login: ${visible(wrong)}`, {
      facts: ['HOST or USER@HOST; this machine is localhost; ports and keys belong into ~/.ssh/config'],
    });
  if (hosts.length === 0) throw new UserError('--hosts names no host', { hint: '--hosts a,b,c' });
  const twice = hosts.find((host, index) => hosts.indexOf(host) !== index);
  if (twice !== undefined)
    throw new UserError(`--hosts names ${visible(twice)} twice: one run at a time on a machine`);
  return hosts;
};

/** Without private.json, which only a resume on that host needs. */
const ON_HOST = `#!/bin/sh
# Runs replicate $1 on this host and packs its files into one.
n=$1
sh ./replicate.sh "$n"
code=$?
set --
for file in "$n" "$n.state" "$n.log"; do [ ! -e "$file" ] || set -- "$@" "$file"; done
tar -cf "$n.tar" --exclude=private.json -- "$@" && rm -rf -- "$@"
exit "$code"
`;

/**
 * Moves the run folder, state and log of each replicate out of its pack. A host can pack anything, so a pack is unpacked in a folder of its
 * own, nothing else leaves that folder, and a pack with links is not used.
 */
const takePacks = (count: number): string => `unpack() {
  [ -f "packs/$n.tar" ] && [ ! -L "packs/$n.tar" ] || return 1
  tar -x --no-same-owner --no-same-permissions -f "packs/$n.tar" -C "$new" || return 1
  links=$(find "$new" \\( ! -type f ! -type d \\) -o \\( -type f -links +1 \\)) && [ -z "$links" ]
}
take() {
  if [ -d "$new/$n" ]; then mv -- "$new/$n" . || return 1; fi
  for file in "$n.state" "$n.log"; do
    if [ -f "$new/$file" ]; then mv -- "$new/$file" . || return 1; fi
  done
}
for n in $(seq 1 ${count}); do
  [ -e "packs/$n.tar" ] || [ -L "packs/$n.tar" ] || continue
  new=$(mktemp -d ./unpacked-XXXXXX)
  if unpack && take; then
    rm -- "packs/$n.tar"
  else
    why="its pack has links or cannot be unpacked: packs/$n.tar"
    echo "replicate $n: $why" >&2
    [ -e "$n.log" ] || echo "cfsbench: $why" >"$n.log"
  fi
  rm -rf -- "$new" || :
done`;

/** The report is made on this machine, by this program. */
const HERE = [process.execPath, fileURLToPath(new URL('./main.js', import.meta.url))];

const remoteFolder = ({ seed }: FleetPlan): string => `cfsbench-fleet-${seed}`;

export const parallelScript = (words: readonly string[], options: FleetOptions): string => {
  const plan = fleetPlan(words, options);
  const logins = loginsOf(options.hosts ?? []);
  const program = shellLine([plan.program]);
  const count = plan.replicates.length;
  return `#!/bin/sh
# ${count} replicates of one plan with GNU parallel, written by cfsbench fleet parallel. Start it: sh FILE
# Another program has the name parallel, too.
parallel --version 2>/dev/null | grep -q '^GNU parallel' || {
  echo 'GNU parallel is not in the PATH of this machine' >&2
  exit 1
}
${openResults(plan, ['rsync', 'tar'])}
# A host that does not answer would fail replicate after replicate at once.
logins=
for host in ${logins.join(' ')}; do
  if \${PARALLEL_SSH:-ssh} -n -o BatchMode=yes -o ConnectTimeout=10 "$host" true; then
    logins=$logins\${logins:+,}$host
  else
    echo "no answer from $host: it gets no replicate" >&2
  fi
done
[ -n "$logins" ] || exit 1
${hereDocument('fleet.json', fleetFile(plan))}
${hereDocument('join.sh', joinScript(shellLine(HERE)))}
# What hosts send is written into this folder only.
mkdir -p packs
${hereDocument('packs/replicate.sh', replicateScript(plan, program))}
${hereDocument('packs/on-host.sh', ON_HOST)}
# One replicate at a time on each host. A failed one is not repeated: its run is missing, and the report says so.
(cd packs && seq 1 ${count} | parallel --will-cite --jobs 1 --sshlogin "$logins" --joblog ../parallel.log \\
  --workdir ${remoteFolder(plan)} --basefile replicate.sh --basefile on-host.sh --return {}.tar --cleanup 'sh ./on-host.sh {}') ||
  echo "some replicates failed: the report names them" >&2
${takePacks(count)}
# What never came back: the host, exit code and signal that parallel saw.
[ ! -e parallel.log ] || tail -n +2 parallel.log | cut -f 1,2,7,8 | while read -r n host code signal; do
  [ -e "$n.state" ] || echo "lost $host $code $signal" >"$n.state"
done
exec sh ./join.sh
`;
};
