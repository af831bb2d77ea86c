// Answers to requests about fs-verity in the place of a kernel that has none: each request becomes a read of the answer from a file.
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Machine } from '../../../harness/model/machine.ts';
import { CallListBuilder } from '../../../harness/sys/call-list.ts';
import type { ListedCall } from '../../../harness/sys/listed-call.ts';
import { runList } from '../../../harness/sys/run-list.ts';
import { callNumber } from '../../../harness/sys/syscall-names.ts';
import { temporaryFolder } from '../sys/support.ts';

const IOCTL = callNumber('ioctl');
const PREAD = callNumber('pread64');
export const FS_IOC_MEASURE_VERITY = 0xc0046686;
export const FS_IOC_ENABLE_VERITY = 0x40806685;

/** struct fsverity_digest; the algorithm is SHA-256 by default. */
export const measuredBytes = (digest: string, algorithm = 1): Buffer => {
  const bytes = Buffer.alloc(4 + digest.length / 2);
  bytes.writeUInt16LE(algorithm, 0);
  bytes.writeUInt16LE(digest.length / 2, 2);
  bytes.write(digest, 4, 'hex');
  return bytes;
};

/** By the request. */
type Answers = Readonly<Record<number, Uint8Array>>;

export const answering = (
  t: TestContext,
  calls: readonly ListedCall[],
  answers: Answers,
): readonly ListedCall[] => {
  const folder = temporaryFolder(t);
  return calls.map((call, i) => {
    const answer = call.number === IOCTL ? answers[Number(call.args[1])] : undefined;
    if (answer === undefined) return call;
    const path = join(folder, `${i}`);
    writeFileSync(path, answer);
    const fd = openSync(path, 'r');
    t.after(() => closeSync(fd));
    return { ...call, number: PREAD, args: [fd, call.args[2]!, answer.length, 0] };
  });
};

/** The call lists of a machine with these answers. */
export const answeringCalls =
  (
    t: TestContext,
    answers: Answers,
    onList: (calls: readonly ListedCall[]) => void = () => {},
  ): Machine['calls'] =>
  (build) => {
    const list = new CallListBuilder();
    const built = build(list);
    onList(list.calls);
    try {
      runList(answering(t, list.calls, answers), list.results);
    } finally {
      for (const callback of list.afterwards) callback();
    }
    return built;
  };
