// A private mount and PID namespace for a whole run: whatever happens to this process, nothing is left mounted or running.
//
// Needs:   unshare (util-linux) with root, or a kernel that allows user namespaces and mounts inside them.
// Does:    starts the program again as a child of the namespace's first process, a shell that only reaps orphans. Two pipes go
//          in: one carries `I` for an interrupt, both end when the outer process does. The inner side has a session of its
//          own, so that Ctrl-C reaches the outer process only.
// Error:   none: where no namespace can be had, nothing is started.
// Cost:    about 7 ms for the attempt, 5 ms for the entry.
// Leaves:  nothing after `kill -9` of any process involved: the kernel ends all of a PID namespace with its first process,
//          and a private mount namespace with its last.
// Source:  pid_namespaces(7), user_namespaces(7), PR_SET_PDEATHSIG in prctl(2).
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { UserError } from '../model/errors.ts';
import { type Privilege, probeNamespaces } from './namespace-probe.ts';

export const INNER = 'CFSBENCH_INNER';
const CONTROL_FD = 3;
const INTERRUPT = 'I';
const INTERRUPTED_EXIT = 130;
const SIGNAL_EXIT = 128;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * First process of the namespace. It waits for the program and, without knowing of them, for every orphan; a helper of its
 * own ends the program when the outer process is gone, even while the program is blocked in a system call.
 */
const INIT = '"$@" 4<&- & child=$!; { read -r _ <&4; kill -KILL "$child"; } 3<&- & wait "$child"; exit $?';

export interface Entry {
  /** Program and arguments; the program runs inside. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Forwarding {
  /** The second signal came, and the program was ended for it. */
  cutShort(): boolean;
  stop(): void;
}

/** Forwards the first signal as a request to stop, and takes the second one at its word. */
const forwardSignals = (control: Writable, guard: Writable): Forwarding => {
  let heard = 0;
  const onSignal = (): void => {
    heard++;
    if (heard === 1) control.write(INTERRUPT);
    else {
      control.destroy();
      guard.destroy();
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    cutShort: () => heard > 1,
    stop() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
};

const exitCode = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGKILL' ? INTERRUPTED_EXIT : SIGNAL_EXIT));
    });
  });

/** Runs a program in namespaces of its own; resolves to its exit code. */
export const enter = async (
  { argv, env = process.env }: Entry,
  found = probeNamespaces(),
): Promise<number> => {
  if (found.kind === 'refused')
    throw new UserError('no private namespace can be made here', {
      exit: 4,
      code: 'no-namespace',
      facts: [found.reason],
      hint: found.hint,
    });
  const [program = '', ...prefix] = found.prefix;
  const child = spawn(program, [...prefix, 'sh', '-c', INIT, 'sh', ...argv], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
    env: { ...env, [INNER]: found.privilege },
  });
  const [control, guard] = [child.stdio[3] as Writable, child.stdio[4] as Writable];
  // Writing to a program that has just ended is no error of ours.
  for (const pipe of [control, guard]) pipe.on('error', () => {});
  const forwarding = forwardSignals(control, guard);
  try {
    const code = await exitCode(child);
    return forwarding.cutShort() ? INTERRUPTED_EXIT : code;
  } finally {
    forwarding.stop();
    control.destroy();
    guard.destroy();
  }
};

/** Null in the outer process. */
export const innerPrivilege = (): Privilege | null => {
  const value = process.env[INNER];
  return value === 'root' || value === 'user namespace' ? value : null;
};

/** The inner side: hears of interrupts, and ends at once when the outer process has ended. */
export const listenToOuter = async (onInterrupt: () => void): Promise<() => void> => {
  const { Socket } = await import('node:net');
  const control: Readable & { unref(): unknown } = new Socket({
    fd: CONTROL_FD,
    readable: true,
    writable: false,
  });
  control.on('data', (bytes: Buffer) => {
    if (bytes.includes(INTERRUPT)) onInterrupt();
  });
  control.on('close', () => process.kill(process.pid, 'SIGKILL'));
  control.on('error', () => {});
  control.unref();
  return () => {
    control.removeAllListeners('close');
    control.destroy();
  };
};
