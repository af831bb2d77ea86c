// Many lives of one image at once, each in a thread of its own: the main thread gives the word and waits for the last answer.
import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Crowd } from '../model/crowd.ts';
import { UserError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Features } from '../model/machine.ts';
import type { Arm } from './arm.ts';
import type { MemberTask, Reply, SentImage, Word } from './crowd-member.ts';

export interface CrowdParts {
  /** Module that a member's thread runs. */
  readonly entry: URL;
  readonly arm: Arm;
  readonly image: Image;
  readonly features: Features;
  readonly local: MemberTask['local'];
  /** Of the run's full store. */
  readonly fullDir: string;
  readonly scratch: string;
  readonly limitMs: () => number;
  /** One folder for each member. */
  readonly dirs: readonly string[];
}

export interface OpenCrowd extends Crowd {
  /** Takes down what is still mounted and ends the threads. Never throws. */
  end(): Promise<void>;
}

const sent = ({ tree: _, layers, bareManifest, ...image }: Image): SentImage => ({
  ...image,
  layers: layers.map(({ tree: __, ...layer }) => layer),
  bare: bareManifest(),
});

interface Member {
  readonly thread: Worker;
  /** Settles once: a thread that is gone already is not waited for again. */
  readonly gone: Promise<Reply>;
}

/** An exception of a thread is its own end, and is told as such: a crowd never ends the run. */
const memberOf = (thread: Worker): Member => {
  let why = 'a thread of the crowd ended';
  thread.on('error', (error: Error) => {
    why = `a thread of the crowd failed: ${error.message}`;
  });
  const gone = new Promise<Reply>((resolve) => {
    thread.once('exit', () => resolve({ kind: 'failed', message: why, code: 'error', facts: [] }));
  });
  return { thread, gone };
};

const answer = async ({ thread, gone }: Member): Promise<void> => {
  const reply = await Promise.race([
    gone,
    new Promise<Reply>((resolve) => {
      thread.once('message', resolve);
    }),
  ]);
  if (reply.kind === 'failed')
    throw new UserError(reply.message, { code: reply.code, exit: 5, facts: reply.facts });
};

/** All answers, and then the first failure: nobody is left in the middle of a word. */
const answers = async (members: readonly Member[]): Promise<void> => {
  const all = await Promise.allSettled(members.map(answer));
  const wrong = all.find((one) => one.status === 'rejected');
  if (wrong !== undefined) throw wrong.reason;
};

/** Untimed: threads start, prepare, and rehearse one life each. */
export const openCrowd = async (parts: CrowdParts): Promise<OpenCrowd> => {
  const image = sent(parts.image);
  const members = parts.dirs.map((dir) => {
    mkdirSync(dir, { recursive: true });
    const task: MemberTask = {
      backend: parts.arm.backend.id,
      options: parts.arm.options,
      image,
      features: parts.features,
      local: parts.local,
      fullDir: parts.fullDir,
      dir,
      scratch: parts.scratch,
      limitMs: parts.limitMs(),
    };
    // Descriptors are opened and closed by system calls that Node does not see.
    return memberOf(new Worker(parts.entry, { workerData: task, trackUnmanagedFds: false }));
  });
  const tell = (word: Word): void => {
    for (const { thread } of members) thread.postMessage(word);
  };
  const all = async (word: Word): Promise<void> => {
    const replies = answers(members);
    tell(word);
    await replies;
  };
  const end = async (): Promise<void> => {
    tell('end');
    await Promise.all(members.map(({ gone }) => gone));
  };
  try {
    await answers(members);
    await all('rehearsed');
  } catch (error) {
    await end();
    throw error;
  }
  return { up: () => all('up'), down: () => all('down'), end };
};
