// System calls by phase, process and name.
//
// Reads:   the call counter before and after each phase; a server is waited for until it sleeps, so that what a phase caused
//          is counted in that phase.
// Error:   exact for commands and servers. Of the harness itself only the file, mount and process calls of the thread that
//          runs the window count, outside of awaited commands; everything else it does (memory, event loop, garbage
//          collection) varies from run to run and is under `runtime`. Calls through io_uring are not seen. Where a count was
//          lost, nothing is reported. Under strace only commands are counted.
// Cost:    `ls -lR` takes 1.1 times as long under BPF, about 50 times under strace: never in a timed pass.
// Leaves:  nothing.
import type { CallSnapshot, CallsOfProcess } from '../model/machine.ts';
import { perPhase } from '../model/metrics.ts';
import type { ArmedProbe, Phase, Probe, ProbeContext } from '../model/scenario.ts';

type Counts = Map<string, number>;

const HARNESS = 'harness';
const RUNTIME = 'runtime';
const UNLISTED = 'unlisted';

/** What a program must ask the kernel for to handle images, whatever it is written in. */
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

/** Calls made since; a process that was forgotten meanwhile (its first exec) starts from nothing. */
const since = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Counts => {
  let restarted = false;
  for (const [name, count] of before) restarted ||= (after.get(name) ?? 0) < count;
  const grown: Counts = new Map();
  for (const [name, count] of after) add(grown, name, count - (restarted ? 0 : (before.get(name) ?? 0)));
  return grown;
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

  /** Sum over everybody but the runtime and strangers. */
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

/** Splits the window thread's own calls into those of the work and those of waiting for commands. */
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
      notes.add(`system calls: server ${actors.get(pid)} never came to rest`);
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
