// System calls by phase, actor and name.
//
// Reads:   the call counter before and after each phase, each time after the servers became idle, so that calls count in the phase
//          that caused them.
// Error:   exact for commands and servers. Of the harness, only file, mount and process calls of the window's thread count, and not
//          while it waits for a command; all other calls (memory, event loop, garbage collection) vary from run to run and are
//          under `runtime`. io_uring requests are not seen. After a lost count nothing is reported. strace counts commands only.
// Cost:    `ls -lR` takes 1.1 times as long under BPF, about 50 times under strace: never in a timed pass.
// Leaves:  nothing.
import { UserError } from '../model/errors.ts';
import type { CallSnapshot } from '../model/machine.ts';
import { perPhase } from '../model/metrics.ts';
import type { ArmedProbe, Probe, ProbeContext } from '../model/scenario.ts';
import { CallLedger, HARNESS, mainOf, OwnThread, RUNTIME } from './call-ledger.ts';

const reasonOf = (error: unknown): string => {
  if (error instanceof UserError) return [error.message, ...error.facts].join('; ');
  return error instanceof Error ? error.message : String(error);
};

const arm = ({ machine }: ProbeContext): ArmedProbe => {
  const counter = machine.meters.callCounter();
  const actors = new Map<number, string>();
  const servers = new Set<number>();
  const notes = new Set<string>();
  const ledger = new CallLedger();
  const ownThread = new OwnThread();
  let before: CallSnapshot = new Map();
  let broken: string | null = null;

  const snapshot = (): CallSnapshot => {
    try {
      return counter.snapshot();
    } catch (error) {
      broken ??= reasonOf(error);
      return before;
    }
  };

  const waitForServers = (): void => {
    for (const pid of machine.meters.waitForIdle([...servers]))
      notes.add(`system calls: server ${actors.get(pid)} never became idle`);
  };

  return {
    start() {
      waitForServers();
      before = snapshot();
      ownThread.begin(mainOf(before));
    },
    stop(phase) {
      const { work, rest } = ownThread.end(mainOf(snapshot()));
      waitForServers();
      ledger.add(phase, HARNESS, work);
      ledger.add(phase, RUNTIME, rest);
      ledger.addProcesses(phase, actors, before, snapshot());
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
      return { ledger: ledger.toJson(), values: ledger.totals(), notes: [...notes] };
    },
    close() {
      counter.close();
    },
  };
};

export const probe: Probe = {
  id: 'syscalls',
  title: 'system calls',
  needs: [{ title: 'a counter of system calls', anyOf: ['bpf-ledger', 'strace'] }],
  passes: ['count'],
  metrics: perPhase('CallCount', 'system calls of harness, commands and servers', 'quasi'),
  arm: async (context) => arm(context),
};
