// Counts of system calls by phase, actor and name.
import type { CallSnapshot, CallsOfProcess } from '../model/machine.ts';
import type { Phase } from '../model/scenario.ts';

type Counts = Map<string, number>;

export const HARNESS = 'harness';
export const RUNTIME = 'runtime';
const UNLISTED = 'unlisted';

/** The calls that a program in any language needs to handle images. */
const OWN_CALLS: ReadonlySet<string> = new Set(
  `open openat openat2 creat close read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 sendfile splice
  copy_file_range lseek truncate ftruncate fallocate fsync fdatasync sync syncfs sync_file_range stat fstat lstat newfstatat
  statx statfs fstatfs access faccessat faccessat2 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat
  symlink symlinkat readlink readlinkat mknod mknodat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utimensat
  getdents getdents64 setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr
  lremovexattr fremovexattr setxattrat getxattrat listxattrat removexattrat ioctl fcntl flock chdir fchdir chroot mount
  umount2 pivot_root fsopen fsconfig fsmount fspick move_mount open_tree open_tree_attr mount_setattr statmount listmount
  clone clone3 fork vfork execve execveat wait4 waitid kill pidfd_open pidfd_send_signal pipe2 unshare setns`.split(
    /\s+/,
  ),
);

export const isOwnCall = (name: string): boolean => OWN_CALLS.has(name);

const NO_CALLS: ReadonlyMap<string, number> = new Map();

const add = (into: Counts, name: string, count: number): void => {
  if (count !== 0) into.set(name, (into.get(name) ?? 0) + count);
};

/** Calls since `before`. If counts decreased, the counter was reset by the first exec: then all of `after`. */
const since = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Counts => {
  let wasReset = false;
  for (const [name, count] of before) wasReset ||= (after.get(name) ?? 0) < count;
  const added: Counts = new Map();
  for (const [name, count] of after) add(added, name, count - (wasReset ? 0 : (before.get(name) ?? 0)));
  return added;
};

const merge = (into: Counts, from: ReadonlyMap<string, number>): void => {
  for (const [name, count] of from) add(into, name, count);
};

export const mainOf = (snapshot: CallSnapshot): ReadonlyMap<string, number> =>
  snapshot.get(process.pid)?.main ?? NO_CALLS;

const otherThreadsOf = (calls: CallsOfProcess | undefined): ReadonlyMap<string, number> =>
  calls?.otherThreads ?? NO_CALLS;

const allOf = (calls: CallsOfProcess | undefined): Counts => {
  const all: Counts = new Map(calls?.main ?? NO_CALLS);
  merge(all, otherThreadsOf(calls));
  return all;
};

export class CallLedger {
  readonly #phases = new Map<Phase, Map<string, Counts>>();

  add(phase: Phase, actor: string, calls: ReadonlyMap<string, number>): void {
    if (calls.size === 0) return;
    const actors = this.#phases.get(phase) ?? new Map<string, Counts>();
    this.#phases.set(phase, actors);
    const counts = actors.get(actor) ?? new Map<string, number>();
    actors.set(actor, counts);
    merge(counts, calls);
  }

  /** Adds the calls of all processes between two snapshots, without the main thread of the harness. */
  addProcesses(
    phase: Phase,
    actors: ReadonlyMap<number, string>,
    before: CallSnapshot,
    after: CallSnapshot,
  ): void {
    for (const [pid, calls] of after)
      if (pid === process.pid)
        this.add(phase, RUNTIME, since(otherThreadsOf(before.get(pid)), otherThreadsOf(calls)));
      else this.add(phase, actors.get(pid) ?? UNLISTED, since(allOf(before.get(pid)), allOf(calls)));
  }

  toJson(): Partial<Record<Phase, Record<string, Record<string, number>>>> {
    const sorted = (counts: Counts) => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    return Object.fromEntries(
      [...this.#phases].map(([phase, actors]) => [
        phase,
        Object.fromEntries([...actors].map(([actor, counts]) => [actor, sorted(counts)])),
      ]),
    );
  }

  /** Calls by phase, without `runtime` and `unlisted`. */
  totals(): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const [phase, actors] of this.#phases)
      for (const [actor, counts] of actors) {
        if (actor === RUNTIME || actor === UNLISTED) continue;
        const name = `${phase}CallCount`;
        totals[name] = [...counts.values()].reduce((sum, count) => sum + count, totals[name] ?? 0);
      }
    return totals;
  }
}

/** Splits the calls of the window's thread into work and waiting for commands. */
export class OwnThread {
  #mark: ReadonlyMap<string, number> = NO_CALLS;
  #awaited = 0;
  #work: Counts = new Map();
  #waiting: Counts = new Map();

  begin(now: ReadonlyMap<string, number>): void {
    this.#mark = now;
    this.#awaited = 0;
    this.#work = new Map();
    this.#waiting = new Map();
  }

  #upTo(now: ReadonlyMap<string, number>): void {
    merge(this.#awaited > 0 ? this.#waiting : this.#work, since(this.#mark, now));
    this.#mark = now;
  }

  commandStarted(now: ReadonlyMap<string, number>): void {
    this.#upTo(now);
    this.#awaited++;
  }

  commandEnded(now: ReadonlyMap<string, number>): void {
    this.#upTo(now);
    this.#awaited = Math.max(0, this.#awaited - 1);
  }

  end(now: ReadonlyMap<string, number>): { readonly work: Counts; readonly rest: Counts } {
    this.#upTo(now);
    const work: Counts = new Map();
    const rest = this.#waiting;
    for (const [name, count] of this.#work) add(OWN_CALLS.has(name) ? work : rest, name, count);
    return { work, rest };
  }
}
