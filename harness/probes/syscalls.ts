// System calls by phase, actor and name.
//
// Reads:   the call counter before and after each phase, each time after the servers became idle, so that calls count in the phase
//          that caused them.
// Error:   exact for commands and servers. Of the harness, only file, mount and process calls of the window's thread count, and not
//          while it waits for a command; all other calls (memory, event loop, garbage collection) vary from run to run and are
//          under `runtime`. io_uring requests are not seen. After a lost count nothing is reported. strace counts commands only.
// Cost:    `ls -lR` takes 1.1 times as long under BPF, about 50 times under strace: never in a timed pass.
// Leaves:  nothing.
import type { CallSnapshot, CallsOfProcess } from '../model/machine.ts';
import { perPhase } from '../model/metrics.ts';
import type { ArmedProbe, Phase, Probe, ProbeContext } from '../model/scenario.ts';

type Counts = Map<string, number>;

const HARNESS = 'harness';
const RUNTIME = 'runtime';
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

class Ledgers {
  readonly #phases = new Map<Phase, Map<string, Counts>>();

  add(phase: Phase, actor: string, calls: ReadonlyMap<string, number>): void {
    if (calls.size === 0) return;
    const actors = this.#phases.get(phase) ?? new Map<string, Counts>();
    this.#phases.set(phase, actors);
    const counts = actors.get(actor) ?? new Map<string, number>();
    actors.set(actor, counts);
    merge(counts, calls);
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
class OwnThread {
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

  end(now: ReadonlyMap<string, number>): { readonly own: Counts; readonly rest: Counts } {
    this.#upTo(now);
    const own: Counts = new Map();
    const rest = this.#waiting;
    for (const [name, count] of this.#work) add(OWN_CALLS.has(name) ? own : rest, name, count);
    return { own, rest };
  }
}

const mainOf = (snapshot: CallSnapshot): ReadonlyMap<string, number> =>
  snapshot.get(process.pid)?.main ?? NO_CALLS;

const otherThreadsOf = (calls: CallsOfProcess | undefined): ReadonlyMap<string, number> =>
  calls?.otherThreads ?? NO_CALLS;

const allOf = (calls: CallsOfProcess | undefined): Counts => {
  const all: Counts = new Map(calls?.main ?? NO_CALLS);
  merge(all, otherThreadsOf(calls));
  return all;
};

const arm = ({ machine }: ProbeContext): ArmedProbe => {
  const counter = machine.meters.callCounter();
  const actors = new Map<number, string>();
  const servers = new Set<number>();
  const notes = new Set<string>();
  const ledgers = new Ledgers();
  const ownThread = new OwnThread();
  let before: CallSnapshot = new Map();
  let broken: string | null = null;

  const snapshot = (): CallSnapshot => {
    try {
      return counter.snapshot();
    } catch (error) {
      broken ??= error instanceof Error ? error.message : String(error);
      return before;
    }
  };

  const settleServers = (): void => {
    for (const pid of machine.meters.waitForIdle([...servers]))
      notes.add(`system calls: server ${actors.get(pid)} never became idle`);
  };

  return {
    start() {
      settleServers();
      before = snapshot();
      ownThread.begin(mainOf(before));
    },
    stop(phase) {
      const own = ownThread.end(mainOf(snapshot()));
      settleServers();
      const after = snapshot();
      ledgers.add(phase, HARNESS, own.own);
      ledgers.add(phase, RUNTIME, own.rest);
      for (const [pid, calls] of after)
        if (pid === process.pid)
          ledgers.add(phase, RUNTIME, since(otherThreadsOf(before.get(pid)), otherThreadsOf(calls)));
        else ledgers.add(phase, actors.get(pid) ?? UNLISTED, since(allOf(before.get(pid)), allOf(calls)));
    },
    childStarted(actor, pid) {
      actors.set(pid, actor);
      ownThread.commandStarted(mainOf(snapshot()));
    },
    childEnded() {
      ownThread.commandEnded(mainOf(snapshot()));
    },
    serverStarted(actor, pid) {
      actors.set(pid, actor);
      servers.add(pid);
    },
    async collect() {
      if (broken !== null) return { notes: [`system calls not measured: ${broken}`] };
      if (counter.source === 'strace')
        notes.add('system calls: commands only, counted by strace -f -c, which slows them about 50 times');
      return { ledger: ledgers.toJson(), values: ledgers.totals(), notes: [...notes] };
    },
    close() {
      counter.close();
    },
  };
};

export const probe: Probe = {
  id: 'syscalls',
  title: 'system calls',
  needs: [{ title: 'a way of counting system calls', anyOf: ['bpf-ledger', 'strace'] }],
  passes: ['count'],
  metrics: perPhase('CallCount', 'system calls of harness, commands and servers', 'quasi'),
  arm: async (context) => arm(context),
};
