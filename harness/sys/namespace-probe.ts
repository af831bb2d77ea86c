// Finds a way to make private namespaces: as root, or in a user namespace.
//
// Needs:   unshare (util-linux).
// Does:    makes one and mounts a tmpfs in it, because some systems allow `unshare` and forbid every mount.
// Cost:    about 7 ms.
// Leaves:  nothing: the kernel removes the mount with the namespace.
// Source:  user_namespaces(7), newuidmap(1), PR_SET_PDEATHSIG in prctl(2).
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { patience } from './guest.ts';
import { whyRefused } from './namespace-hints.ts';
import { findProgram } from './spawn.ts';
import { runTool } from './tool.ts';

const PROBE_LIMIT_MS = 5000 * patience;

type Privilege = 'root' | 'user namespace';

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
const TRIAL = ['sh', '-c', 'mount -t tmpfs none /tmp && test "$$" = 1'];

export type Namespaces =
  | {
      readonly kind: 'possible';
      readonly privilege: Privilege;
      readonly subordinateIds: boolean;
      readonly prefix: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string };

/** True for root in the initial user namespace, which maps every id to itself. */
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

/** A prefix of a command that the kernel kills when its parent ends; empty without setpriv. */
export const endsWithParent = (): readonly string[] =>
  findProgram('setpriv') === null ? [] : ['setpriv', '--pdeathsig', 'KILL'];

/** Must follow `unshare --user`, which clears a parent-death signal. */
const privateCommand = (): readonly string[] => [...endsWithParent(), ...PRIVATE];

interface NamespaceCommand {
  readonly privilege: Privilege;
  readonly subordinateIds: boolean;
  readonly prefix: readonly string[];
}

const candidates = (): NamespaceCommand[] => {
  const user = ['unshare', '--user', '--map-root-user'];
  return [
    ...(process.getuid?.() === 0
      ? [
          {
            privilege: isRealRoot() ? 'root' : 'user namespace',
            subordinateIds: true,
            prefix: privateCommand(),
          } as const,
        ]
      : []),
    ...(hasSubordinateIds()
      ? [
          {
            privilege: 'user namespace',
            subordinateIds: true,
            prefix: [...user, '--map-auto', '--', ...privateCommand()],
          } as const,
        ]
      : []),
    { privilege: 'user namespace', subordinateIds: false, prefix: [...user, '--', ...privateCommand()] },
  ];
};

/** Tries the commands; deduces nothing from versions or settings. */
export const probeNamespaces = async (): Promise<Namespaces> => {
  if (findProgram('unshare') === null)
    return {
      kind: 'refused',
      reason: 'unshare is not installed',
      hint: 'apt install util-linux, dnf install util-linux, or pacman -S util-linux',
    };
  let reason = '';
  for (const candidate of candidates()) {
    const tried = await runTool([...candidate.prefix, ...TRIAL], {
      limitMs: PROBE_LIMIT_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (tried.status === 0) return { kind: 'possible', ...candidate };
    // Report the failure of the first command: it is the one that this user would expect to work.
    reason ||= tried.stderr.trim().split('\n')[0] || tried.how;
  }
  return { kind: 'refused', reason, hint: whyRefused() };
};

/** An old unshare (Debian 12) cannot end itself by SIGKILL as the first process of its namespace did, and says so. */
export const isOfKilledInit = (line: string): boolean => /sigprocmask/.test(line);
