// Servers that hang or die during a run.
//
// Needs:  strace, which delivers a signal at a chosen system call.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../harness/model/random.ts';
import { serverPath } from '../../harness/native/paths.ts';
import { findProgram } from '../../harness/sys/spawn.ts';
import type { Running } from '../end-to-end/support.ts';
import { EXIT_FAILED, type Fault, inHome, type OpenFault } from './fault.ts';
import { inRole, stopSurely } from './process-tree.ts';
import { CannotTry } from './trial.ts';

const POLL_MS = 1;

const stopServer = async ({ child }: Running): Promise<'missed' | undefined> => {
  while (child.exitCode === null && child.signalCode === null) {
    const server = inRole(child.pid!, 'server');
    if (server !== undefined && stopSurely(server.pid)) return undefined;
    await sleep(POLL_MS);
  }
  return 'missed';
};

const MOST_STARTS = 60;
const MOST_READS = 30;

/** A server that dies once: the one that is started as the Nth, by a signal at its Mth read of a request or when it ends. */
const dyingServer = (home: string, inject: string, nth: number): string => {
  const [bin, count] = [join(home, 'bin'), join(home, 'bin', 'count')];
  mkdirSync(bin);
  const path = join(bin, 'server');
  const traced = `strace -D -f -o /dev/null -e trace=read,exit_group -e inject=${inject} ${serverPath} "$@"`;
  writeFileSync(
    path,
    `#!/bin/sh\necho >>${count}\n[ "$(wc -l <${count})" -ne ${nth} ] || exec ${traced}\nexec ${serverPath} "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
};

const serverDies =
  (injectOf: (random: Random) => string): OpenFault =>
  async (attempt) => {
    const { random, home } = attempt;
    if (findProgram('strace') === null) throw new CannotTry('strace is not installed');
    const server = dyingServer(home, injectOf(random), random.int(1, MOST_STARTS));
    return inHome(attempt, {
      options: ['--backends', `composefs-fuse@server=${server},erofs-overlay,unpacked-overlay`],
      codes: [EXIT_FAILED],
      says: /server/,
    });
  };

/** Stops once, between the mount of the server and that of the overlay above it. */
const OVERLAY_STARTS = 12;

const stoppingServer = (home: string, nth: number): string => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const path = join(bin, 'server');
  writeFileSync(
    path,
    `#!/bin/sh
echo >>${bin}/count
[ "$(wc -l <${bin}/count)" -eq ${nth} ] || exec ${serverPath} "$@"
mkfifo ${bin}/fifo
last= ready= words=
for word in "$@"; do
  [ "$last" != --ready-fd ] || { ready=$word; word=9; }
  last=$word words="$words '$word'"
done
eval "${serverPath} $words 9>${bin}/fifo &"
server=$!
read -r line <${bin}/fifo
kill -STOP $server
eval "echo "$line" >&$ready"
wait $server
`,
  );
  chmodSync(path, 0o755);
  return path;
};

const stopsBelowOverlay: OpenFault = async (attempt) => {
  const { random, home } = attempt;
  const server = stoppingServer(home, random.int(2, OVERLAY_STARTS));
  return inHome(attempt, {
    options: ['--backends', `composefs-fuse-overlay@server=${server},erofs-overlay`, '--budget', '90s'],
    codes: [EXIT_FAILED],
    says: /ECONNABORTED|connection|took too long/i,
  });
};

export const SERVER_FAULTS: readonly Fault[] = [
  {
    id: 'stopped-server',
    title: 'a server that hangs (SIGSTOP)',
    open: async (attempt) =>
      inHome(attempt, {
        cause: stopServer,
        options: ['--budget', '90s'],
        codes: [EXIT_FAILED],
        says: /took too long/,
      }),
  },
  {
    id: 'stopped-below-overlay',
    title: 'a server that hangs while an overlay is mounted above it',
    open: stopsBelowOverlay,
  },
  {
    id: 'server-dead-early',
    title: 'a server that dies while it mounts',
    open: serverDies(() => 'read:signal=KILL:when=1'),
  },
  {
    id: 'server-dead-in-use',
    title: 'a server that dies in use',
    open: serverDies((random) => `read:signal=KILL:when=${random.int(2, MOST_READS)}`),
    isShort: true,
  },
  {
    id: 'server-dead-at-end',
    title: 'a server that crashes after unmount',
    open: serverDies(() => 'exit_group:signal=SEGV'),
  },
];
