// Whether private namespaces can be had, and how: as root, or in a user namespace.
//
// Needs:   unshare (util-linux).
// Does:    makes one and mounts a tmpfs in it: some systems let `unshare` succeed and refuse every mount.
// Cost:    about 7 ms.
// Leaves:  nothing: what was mounted goes with the namespace.
// Source:  user_namespaces(7), newuidmap(1), PR_SET_PDEATHSIG in prctl(2).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { whyRefused } from './namespace-hints.ts';
import { findProgram } from './spawn.ts';

const PROBE_LIMIT_MS = 5000;

export type Privilege = 'root' | 'user namespace';

const PRIVATE = [
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--propagation',
  'private',
  '--',
];
const TRY = ['sh', '-c', 'mount -t tmpfs none /tmp && test "$$" = 1'];

export type Namespaces =
  | {
      readonly kind: 'possible';
      readonly privilege: Privilege;
      readonly subordinateIds: boolean;
      readonly prefix: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string };

/** Root in the initial user namespace: every id is mapped to itself. */
export const isRealRoot = (): boolean =>
  process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));

const hasSubordinateIds = (): boolean => {
  if (findProgram('newuidmap') === null || findProgram('newgidmap') === null) return false;
  const { username, uid } = userInfo();
  const listed = (path: string): boolean => {
    try {
      return readFileSync(path, 'utf8')
        .split('\n')
        .some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`));
    } catch {
      return false;
    }
  };
  return listed('/etc/subuid') && listed('/etc/subgid');
};

/** Behind `unshare --user`, which makes the kernel forget a parent-death signal that was set before it. */
const guarded = (): string[] =>
  findProgram('setpriv') === null ? PRIVATE : ['setpriv', '--pdeathsig', 'KILL', ...PRIVATE];

interface Candidate {
  readonly privilege: Privilege;
  readonly subordinateIds: boolean;
  readonly prefix: readonly string[];
}

const candidates = (): Candidate[] => {
  const user = ['unshare', '--user', '--map-root-user'];
  return [
    ...(process.getuid?.() === 0
      ? [
          {
            privilege: isRealRoot() ? 'root' : 'user namespace',
            subordinateIds: true,
            prefix: guarded(),
          } as const,
        ]
      : []),
    ...(hasSubordinateIds()
      ? [
          {
            privilege: 'user namespace',
            subordinateIds: true,
            prefix: [...user, '--map-auto', '--', ...guarded()],
          } as const,
        ]
      : []),
    { privilege: 'user namespace', subordinateIds: false, prefix: [...user, '--', ...guarded()] },
  ];
};

/** Tried, not deduced from versions or settings. */
export const probeNamespaces = (): Namespaces => {
  if (findProgram('unshare') === null)
    return {
      kind: 'refused',
      reason: 'no unshare command',
      hint: 'apt install util-linux, dnf install util-linux, or pacman -S util-linux',
    };
  let reason = '';
  for (const candidate of candidates()) {
    const [program = '', ...args] = [...candidate.prefix, ...TRY];
    const tried = spawnSync(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PROBE_LIMIT_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (tried.status === 0) return { kind: 'possible', ...candidate };
    // The first candidate is the one that this user would expect to work.
    reason ||= tried.stderr.toString().trim().split('\n')[0] ?? '';
  }
  return { kind: 'refused', reason, hint: whyRefused() };
};
