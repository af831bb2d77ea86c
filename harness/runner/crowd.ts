// Many lives of one image at once, each in a thread of its own: the main thread gives the word and waits for the last answer.
import { once } from 'node:events';
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

const answer = async (member: Worker): Promise<void> => {
  const [reply] = (await Promise.race([
    once(member, 'message'),
    once(member, 'exit').then(() => [
      { kind: 'failed', message: 'a thread of the crowd ended', code: 'error', facts: [] },
    ]),
  ])) as [Reply];
  if (reply.kind === 'failed')
    throw new UserError(reply.message, { code: reply.code, exit: 5, facts: reply.facts });
};

/** All answers, and then the first failure: nobody is left in the middle of a word. */
const answers = async (members: readonly Worker[]): Promise<void> => {
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
      dir,
      scratch: parts.scratch,
      limitMs: parts.limitMs(),
    };
    // Descriptors are opened and closed by system calls that Node does not see.
    return new Worker(parts.entry, { workerData: task, trackUnmanagedFds: false });
  });
  const all = async (word: Word): Promise<void> => {
    const replies = answers(members);
    for (const member of members) member.postMessage(word);
    await replies;
  };
  const end = async (): Promise<void> => {
    const ended = members.map((member) => once(member, 'exit'));
    for (const member of members) member.postMessage('end');
    await Promise.allSettled(ended);
  };
  try {
    await answers(members);
  } catch (error) {
    await end();
    throw error;
  }
  return { up: () => all('up'), down: () => all('down'), end };
};
