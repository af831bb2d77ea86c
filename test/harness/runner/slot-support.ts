// One slot with a backend that does nothing and a scenario that does what it is told.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Backend, ReadSource, Store } from '../../../harness/model/backend.ts';
import type { Image } from '../../../harness/model/image.ts';
import type { Machine } from '../../../harness/model/machine.ts';
import type { Probe, Scenario, Stage } from '../../../harness/model/scenario.ts';
import type { SlotParts } from '../../../harness/runner/open-slot.ts';
import { runSlot } from '../../../harness/runner/slot.ts';
import { openWorkspace } from '../../../harness/runner/workspace.ts';
import { createStore } from '../../../harness/store/store.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { allFeatures, recordingMachine } from '../support/recording-machine.ts';
import { slotOf, tellingPrepared, tellingProbe } from '../support/slot.ts';
import { smallImage } from '../support/stage.ts';
import { stepwiseFiles as files, makeWork, temporaryFolder } from '../sys/support.ts';

export interface TimedResult {
  readonly sample: Sample;
  readonly stages: readonly Stage[];
  readonly log: readonly string[];
  readonly fullStore: Store;
  readonly slotFolders: readonly string[];
}

export type Told = Partial<Pick<SlotParts, 'slot' | 'lives' | 'others' | 'leaks' | 'session'>> & {
  readonly scenario?: Partial<Scenario>;
  readonly idle?: Backend['idle'];
  /** Of the prepared image. */
  readonly close?: () => void;
  readonly sources?: readonly ReadSource[];
  /** Called when the image is prepared. */
  readonly serve?: (machine: Machine) => void;
};

export const own = async (): Promise<Record<string, number>> => ({ useWallNs: 5 });

export const ran = async (
  t: TestContext,
  { scenario = {}, idle = [], close = () => {}, sources = [], serve = () => {}, ...told }: Told = {},
): Promise<TimedResult> => {
  const log: string[] = [];
  const stages: Stage[] = [];
  const workspace = openWorkspace(makeWork(join(temporaryFolder(t), 'work')));
  const fullStore = createStore({ state: 'full', dir: workspace.store, files: files });
  const backend = {
    id: 'erofs-overlay',
    idle,
    async prepare(_image: Image, machine: Machine) {
      log.push('prepare');
      serve(machine);
      return {
        ...tellingPrepared({ ...recordingMachine({ advance() {} }), log }),
        sources: () => sources,
        async close() {
          log.push('release');
          close();
        },
      };
    },
  } as unknown as Backend;
  const probe = (id: string, values: Record<string, number>): Probe =>
    ({
      id,
      async arm() {
        const armed = tellingProbe(id, log);
        return {
          ...armed,
          childStarted: (actor: string) => void log.push(`${id} child ${actor}`),
          serverStarted: (actor: string) => void log.push(`${id} server ${actor}`),
          async collect() {
            await armed.collect();
            return { values, notes: [`${id} was here`], ...(id === 'two' ? { ledger: { use: {} } } : {}) };
          },
        };
      },
    }) as unknown as Probe;
  const sample = await runSlot({
    slot: slotOf(),
    session: 0,
    limitNs: 60e9,
    lives: 3,
    scenario: {
      id: 'told',
      cycles: (_params, lives) => lives,
      derive: (values, params) => ({ ...values, derivedCount: Object.keys(params).length }),
      ...scenario,
      async run(stage: Stage) {
        stages.push(stage);
        log.push('run');
        return (scenario.run ?? own)(stage);
      },
    } as Scenario,
    arm: { id: 'erofs-overlay', backend, options: {} },
    image: smallImage(),
    others: [],
    features: allFeatures,
    probes: [probe('one', { fromOneCount: 1, useWallNs: 7 }), probe('two', { fromTwoCount: 2 })],
    workspace,
    fullStore,
    images: [smallImage(), smallImage('other')],
    crowdEntry: new URL('file:///nowhere'),
    leaks: { before: () => [], after: () => [] },
    inspector: { inspect: async () => null } as unknown as SlotParts['inspector'],
    warmTools: async () => {},
    ...told,
  });
  return { sample, stages, log, fullStore, slotFolders: readdirSync(workspace.slots) };
};
