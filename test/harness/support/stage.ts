// A real stage on the recording machine: folders are real, mounts are logged only.
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseDump } from '../../../harness/images/dump-text.ts';
import type { Store } from '../../../harness/model/backend.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Slot } from '../../../harness/model/scenario.ts';
import { type OpenStage, openStage, type StageParts } from '../../../harness/runner/stage.ts';
import { openWorkspace, type SlotFolders } from '../../../harness/runner/workspace.ts';
import { makeWork, temporaryFolder } from '../sys/support.ts';
import { fakeClock } from './clock.ts';
import { type RecordingMachine, recordingMachine } from './recording-machine.ts';
import { slotOf, tellingPrepared, tellingProbe } from './slot.ts';

const DUMP = `/ 4096 40755 2 0 0 0 0.0 - - -
/file 6 100644 1 0 0 0 0.0 - hello\\n -
`;

/** An image with two objects and one inline file. */
export const smallImage = (name = 'image'): Image =>
  ({
    name,
    source: `dump:${name}`,
    tree: parseDump(Buffer.from(DUMP)),
    objects: ['ab', 'cd'].map((digest) => ({ digest, sizeBytes: 1 })),
    layers: [],
    manifestDigest: name,
  }) as unknown as Image;

export interface StageSetting extends RecordingMachine {
  readonly stage: OpenStage;
  readonly folders: SlotFolders;
  readonly dropped: string[];
}

/** Opens a stage with the logging probes `one`, `two` and `three`. */
export const openTestStage = (
  t: TestContext,
  slot: Slot = slotOf(),
  more: Partial<StageParts> = {},
): StageSetting => {
  const recording = recordingMachine(fakeClock(t));
  const real = openWorkspace(makeWork(join(temporaryFolder(t), 'work'))).slot('slot');
  const dropped: string[] = [];
  const folders: SlotFolders = { ...real, dropStore: (dir) => void dropped.push(dir) };
  const store = { ingested: () => ({ verity: null }) } as Store;
  const stage = openStage({
    slot,
    image: smallImage(),
    machine: recording.machine,
    store,
    storeOf: () => store,
    ownStore: [folders.store],
    kept: [],
    prepared: tellingPrepared(recording),
    others: [],
    prepare: async () => tellingPrepared(recording),
    folders,
    crowd: async () => ({
      up: async () => {},
      down: async () => {},
      live: () => ({ stop: async () => [] }),
      end: async () => void recording.log.push('crowd ends'),
    }),
    lives: () => Promise.reject(new Error('no workers in this test')),
    probes: ['one', 'two', 'three'].map((name) => tellingProbe(name, recording.log)),
    cycles: 1,
    warmTools: async () => {},
    inspect: async () => null,
    ...more,
  });
  return { ...recording, stage, folders, dropped };
};
