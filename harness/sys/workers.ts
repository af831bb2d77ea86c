// Runs the workers' program on a script and reads its results.
//
// Needs:   build/timed/workers.
// Does:    waits until all workers are ready, reads the machine's memory, lets them begin, and reads it again every 100 ms. Ends the
//          program when the limit passed.
// Error:   peaks between two readings are missed. The readings take a millisecond of one CPU each, for every arm alike.
// Leaves:  nothing: the workers end with the program, and the program with this process.
// Source:  timed/workers/script.h, struct results.
import { closeSync, existsSync, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import {
  type FailedLife,
  LIFE_PHASES,
  type Life,
  type LifePhase,
  type LivesResult,
  type PeakMemory,
} from '../model/lives.ts';
import type { Machine, Server } from '../model/machine.ts';
import { workersProgram } from '../native/paths.ts';
import { nowNs } from './clock.ts';
import { patience } from './guest.ts';
import { errnoName } from './libc.ts';
import { faultIn, fullLines } from './log-tail.ts';
import { numberAfter } from './moment.ts';
import { readText } from './read-text.ts';
import type { RecordedStep } from './recorder.ts';
import { encodeScript, type ScriptParts } from './script.ts';
import { SERVER_LIMIT_MS } from './servers.ts';
import { signalName } from './signal-name.ts';

const KIB = 1024;
const READING_MS = 100;
const STOP_LIMIT_MS = 2000;
/** After the last life may have begun, for lives that are under way. */
const LAST_LIFE_NS = 60e9 * patience;

const GO_AT = 8;
const ENDED_AT = 24;
const LATE_AT = 40;
const LIVE_MOST_AT = 56;
const USER_AT = 64;
const LIVES_AT = 80;
/** struct life: two times, the end of each phase, six numbers of 32 bits, the last words. */
const LIFE_BYTES = 344;
const ENDS_AT = 16;
const OUTCOME_AT = 64;
const TAIL_AT = 88;
const OK = 1;
const FAILED = 2;
const NONE = -1;

export interface WorkersParts {
  readonly machine: Machine;
  /** Folder for script and results, on the file system of the work folder: workers map them. */
  readonly scratch: string;
  readonly blobPath: string;
  readonly script: ScriptParts;
  /** Milliseconds until the slot's limit. */
  readonly limitMs: () => number;
}

const memoryNow = (): PeakMemory => {
  const meminfo = readText('/proc/meminfo');
  const bytes = (name: string): number => (numberAfter(meminfo, name) ?? 0) * KIB;
  return { slabBytes: bytes('Slab'), dirtyBytes: bytes('Dirty') + bytes('Writeback') };
};

const most = (a: PeakMemory, b: PeakMemory): PeakMemory => ({
  slabBytes: Math.max(a.slabBytes, b.slabBytes),
  dirtyBytes: Math.max(a.dirtyBytes, b.dirtyBytes),
});

/** Lets the workers begin, and returns the highest readings above those before when the program has ended. */
const watchUntilEnd = (server: Server, resultsPath: string, parts: WorkersParts): PeakMemory => {
  const before = memoryNow();
  const results = openSync(resultsPath, 'r+');
  writeSync(results, Buffer.from([1]), 0, 1, GO_AT);
  closeSync(results);
  const untilNs = nowNs() + Math.min(parts.limitMs() * 1e6, parts.script.mostNs + LAST_LIFE_NS);
  let peak = before;
  while (!server.exited(READING_MS)) {
    peak = most(peak, memoryNow());
    if (nowNs() < untilNs) continue;
    parts.machine.servers.abort();
    server.close(STOP_LIMIT_MS);
    throw new UserError('the lives did not end in time', {
      code: 'timeout',
      exit: 5,
      facts: [`workers: ${parts.script.workers}`],
    });
  }
  return {
    slabBytes: Math.max(0, peak.slabBytes - before.slabBytes),
    dirtyBytes: Math.max(0, peak.dirtyBytes - before.dirtyBytes),
  };
};

interface StepFailure {
  readonly call: number;
  readonly errno: number;
  readonly status: number;
  readonly tail: string;
}

/** As waitpid(2) reports it. */
const endOf = (status: number): string => {
  const signal = status & 0x7f;
  return signal === 0 ? `exit ${(status >> 8) & 0xff}` : signalName(signal);
};

const worded = (what: string, { errno, status, tail }: StepFailure): { code: string; message: string } => {
  const how = status === NONE ? errnoName(errno) : endOf(status);
  const lines = fullLines(tail);
  const code = status === NONE ? errnoName(errno) : (faultIn(lines) ?? 'command-failed');
  return { code, message: [`${what}: ${how}`, ...lines].join(': ') };
};

/** As without workers: the limit that passed, not the signal that ended the program then. */
const timedOut = (message: string, { errno, status, tail }: StepFailure) =>
  status === NONE && errnoName(errno) === 'ETIMEDOUT'
    ? { code: 'timeout', message: [message, ...fullLines(tail)].join(': ') }
    : null;

/** The error that the backend itself would have had, as far as it does not need the context of its mount. */
const failedCall = (step: Extract<RecordedStep, { calls: unknown }>, failure: StepFailure) => {
  try {
    step.calls[failure.call]?.onFailure(failure.errno);
  } catch (error) {
    if (error instanceof UserError)
      return { code: error.code, message: [error.message, ...error.facts].join(': ') };
  }
  return worded(step.kind === 'wait' ? 'a wait' : 'a system call', failure);
};

const failedStep = (step: RecordedStep, failure: StepFailure): { code: string; message: string } => {
  switch (step.kind) {
    case 'run':
    case 'wait':
      return failedCall(step, failure);
    case 'command':
      return worded(step.argv[0]!, failure);
    case 'serve':
      return (
        timedOut(`${step.argv[0]!}: not ready after ${step.limitMs} ms`, failure) ??
        worded(step.argv[0]!, failure)
      );
    case 'exited':
      return timedOut('the server did not end after the unmount', failure) ?? worded('the server', failure);
    case 'message':
      return worded('the shared server', failure);
    case 'remove':
      return worded('remove', failure);
  }
};

const timesOf = (results: Buffer, at: number): Readonly<Record<LifePhase, number>> =>
  Object.fromEntries(
    LIFE_PHASES.map((phase, i) => [phase, Number(results.readBigInt64LE(at + ENDS_AT + 8 * i))]),
  ) as Record<LifePhase, number>;

const lifeAt = (results: Buffer, at: number, image: number): Life => ({
  image,
  worker: results.readInt32LE(at + OUTCOME_AT + 4),
  dueNs: Number(results.readBigInt64LE(at)),
  begunNs: Number(results.readBigInt64LE(at + 8)),
  endsNs: timesOf(results, at),
});

const failedAt = (results: Buffer, at: number, image: number, steps: readonly RecordedStep[]): FailedLife => {
  const [, worker, number, call, errno, status] = Array.from({ length: 6 }, (_, i) =>
    results.readInt32LE(at + OUTCOME_AT + 4 * i),
  ) as [number, number, number, number, number, number];
  const step = steps[number]!;
  const tail = results.subarray(at + TAIL_AT, results.indexOf(0, at + TAIL_AT)).toString('latin1');
  return { image, worker, phase: step.phase, ...failedStep(step, { call, errno, status, tail }) };
};

const readResults = (results: Buffer, script: ScriptParts): Omit<LivesResult, 'peak'> => {
  const steps = script.images.flatMap((image) => image.steps);
  const lives: Life[] = [];
  const failed: FailedLife[] = [];
  for (const [number, image] of script.order.entries()) {
    const at = LIVES_AT + number * LIFE_BYTES;
    const outcome = results.readInt32LE(at + OUTCOME_AT);
    if (outcome === OK) lives.push(lifeAt(results, at, image));
    if (outcome === FAILED) failed.push(failedAt(results, at, image, steps));
  }
  return {
    lives,
    failed,
    elapsedNs: Number(results.readBigInt64LE(ENDED_AT)),
    fellBehind: results.readBigInt64LE(LATE_AT) !== 0n,
    cpuNs: Number(results.readBigInt64LE(USER_AT)) + Number(results.readBigInt64LE(USER_AT + 8)),
    mostMounts: Number(results.readBigInt64LE(LIVE_MOST_AT)),
  };
};

const refuseMissing = (): void => {
  if (!existsSync(workersProgram))
    throw new UserError('the workers are not compiled', {
      code: 'skip',
      exit: 4,
      hint: 'sh scripts/setup build',
    });
};

let count = 0;

export const runWorkers = (parts: WorkersParts): LivesResult => {
  refuseMissing();
  const { machine, script, scratch, blobPath } = parts;
  const scriptPath = join(scratch, `workers-${process.pid}-${count}.script`);
  const resultsPath = join(scratch, `workers-${process.pid}-${count++}.results`);
  writeFileSync(scriptPath, encodeScript(script, SERVER_LIMIT_MS));
  try {
    const server = machine.serve('workers', [workersProgram, scriptPath, blobPath, resultsPath, '{ready}']);
    const peak = watchUntilEnd(server, resultsPath, parts);
    return { ...readResults(readFileSync(resultsPath), script), peak };
  } finally {
    unlinkSync(scriptPath);
    if (existsSync(resultsPath)) unlinkSync(resultsPath);
  }
};
