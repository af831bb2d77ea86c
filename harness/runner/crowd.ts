// Parallel lives of one image, each in a thread: the main thread sends a command and waits for all replies.
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Crowd, LivingCrowd } from '../model/crowd.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Features } from '../model/machine.ts';
import { ensureFolder } from '../store/folders.ts';
import type { Arm } from './arm.ts';
import type { CrowdCommand, MemberTask, Reply, SentImage } from './crowd-member.ts';

export interface CrowdParts {
  /** Module that a member's thread runs. */
  readonly entry: URL;
  readonly arm: Arm;
  readonly image: Image;
  readonly features: Features;
  readonly local: MemberTask['local'];
  /** Folder of the run's full store. */
  readonly fullDir: string;
  readonly scratch: string;
  /** The run's work folder. */
  readonly workDir: string;
  /** Time that is left of the slot's limit. */
  readonly limitMs: () => number;
  /** Ends the waits of threads for servers that do not answer. */
  readonly abort: () => void;
  /** One folder for each member. */
  readonly dirs: readonly string[];
}

export interface OpenCrowd extends Crowd {
  /** Detaches remaining mounts and ends the threads. Never throws. */
  end(): Promise<void>;
}

const toSend = ({ tree: _, layers, bareManifest, family: __, base: ___, ...image }: Image): SentImage => ({
  ...image,
  layers: layers.map(({ tree: ____, ...layer }) => layer),
  bare: bareManifest(),
});

interface Member {
  readonly thread: Worker;
  /** Resolves when the thread has exited. */
  readonly exited: Promise<Reply>;
}

const newThread = (entry: URL, workerData: MemberTask): Worker => {
  try {
    // Descriptors are opened and closed by system calls that Node does not see.
    return new Worker(entry, { workerData, trackUnmanagedFds: false });
  } catch (error) {
    // ERR_WORKER_INIT_FAILED: EAGAIN, at the limit of processes and threads.
    throw new UserError('cannot start a thread of the crowd', {
      code: /\bE[A-Z]+$/.exec((error as Error).message)?.[0] ?? 'error',
      exit: 5,
      facts: [(error as Error).message],
    });
  }
};

/** An exception in a thread becomes a failed reply: it fails the slot, not the run. */
const memberOf = (thread: Worker): Member => {
  let why = 'a thread of the crowd ended';
  thread.on('error', (error: Error) => {
    why = `a thread of the crowd failed: ${error.message}`;
  });
  const exited = new Promise<Reply>((resolve) => {
    thread.once('exit', () => resolve({ kind: 'failed', message: why, code: 'error', facts: [] }));
  });
  return { thread, exited };
};

const replyOf = async ({ thread, exited }: Member): Promise<Reply> => {
  const reply = await Promise.race([
    exited,
    new Promise<Reply>((resolve) => {
      thread.once('message', resolve);
    }),
  ]);
  if (reply.kind === 'failed')
    throw new UserError(reply.message, { code: reply.code, exit: 5, facts: reply.facts });
  return reply;
};

/** Each step of a thread keeps the slot's limit; a thread that the kernel blocks does not. */
const SLACK_MS = 10_000;

/** Null if the limit passed. */
const within = async <T>(work: Promise<T>, limitMs: number): Promise<T | null> => {
  const ended = new AbortController();
  const limit = wait(limitMs, null, { signal: ended.signal }).catch(() => null);
  try {
    return await Promise.race([work, limit]);
  } finally {
    ended.abort();
  }
};

/** Waits for all replies, then throws the first failure, so that no thread is still working. */
const allReplies = async (
  members: readonly Member[],
  { limitMs, abort }: Pick<CrowdParts, 'limitMs' | 'abort'>,
): Promise<readonly Reply[]> => {
  const replies = Promise.allSettled(members.map(replyOf));
  let all = await within(replies, limitMs() + SLACK_MS);
  if (all === null) {
    abort();
    all = await within(replies, SLACK_MS);
  }
  if (all === null)
    throw new UserError('a thread of the crowd does not answer', { code: 'timeout', exit: 5 });
  const wrong = all.find((one) => one.status === 'rejected');
  if (wrong !== undefined) throw wrong.reason;
  return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
};

/** Untimed: threads start, prepare, and rehearse one life each. */
export const openCrowd = async (parts: CrowdParts): Promise<OpenCrowd> => {
  const image = toSend(parts.image);
  const members: Member[] = [];
  const stopped = new SharedArrayBuffer(4);
  const startMember = (dir: string): void => {
    ensureFolder(dir);
    const task: MemberTask = {
      backend: parts.arm.backend.id,
      options: parts.arm.options,
      image,
      features: parts.features,
      local: parts.local,
      fullDir: parts.fullDir,
      dir,
      scratch: parts.scratch,
      workDir: parts.workDir,
      limitMs: parts.limitMs(),
      stopped,
    };
    members.push(memberOf(newThread(parts.entry, task)));
  };
  const send = (command: CrowdCommand): void => {
    for (const { thread } of members) thread.postMessage(command);
  };
  const all = async (command: CrowdCommand): Promise<void> => {
    const replies = allReplies(members, parts);
    send(command);
    await replies;
  };
  const end = async (): Promise<void> => {
    Atomics.store(new Int32Array(stopped), 0, 1);
    send('end');
    const exited = Promise.all(members.map((member) => member.exited));
    if ((await within(exited, SLACK_MS)) === null) for (const { thread } of members) thread.unref();
  };
  try {
    for (const dir of parts.dirs) startMember(dir);
    await allReplies(members, parts);
    await all('rehearsed');
  } catch (error) {
    await end();
    throw error;
  }
  const live = (): LivingCrowd => {
    Atomics.store(new Int32Array(stopped), 0, 0);
    const replies = allReplies(members, parts);
    replies.catch(() => {}); // Thrown by `stop`.
    send('live');
    return {
      async stop() {
        Atomics.store(new Int32Array(stopped), 0, 1);
        return (await replies).flatMap((reply) => (reply.kind === 'lived' ? reply.lives : []));
      },
    };
  };
  return { up: () => all('up'), down: () => all('down'), live, end };
};
