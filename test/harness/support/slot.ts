// Slots, probes that log their calls, and a backend that logs its steps.
import type { Created, Mounted, Prepared, Store } from '../../../harness/model/backend.ts';
import type { ArmedProbe, Pass, Slot } from '../../../harness/model/scenario.ts';
import type { RecordingMachine } from './recording-machine.ts';

export const slotOf = (some: Partial<Slot> = {}): Slot => ({
  seq: 0,
  block: 0,
  order: 0,
  pass: 'time' as Pass,
  scenario: 'churn',
  arm: 'erofs-overlay',
  backend: 'erofs-overlay',
  image: 'image',
  cache: 'warm',
  params: {},
  ...some,
});

/** Logs `NAME start PHASE` and `NAME stop PHASE`. */
export const tellingProbe = (name: string, log: string[]): ArmedProbe => ({
  start: (phase) => void log.push(`${name} start ${phase}`),
  stop: (phase) => void log.push(`${name} stop ${phase}`),
  async collect() {
    log.push(`${name} collect`);
    return {};
  },
  close: () => void log.push(`${name} close`),
});

export const FS_TYPE = 'overlay';

/** A backend on the recording machine that logs each step. */
export const tellingPrepared = ({ log, script }: RecordingMachine): Prepared => {
  const mountedAt = (at: string): Mounted => ({
    root: at,
    fsType: FS_TYPE,
    servers: [],
    took: { erofs: 'file' },
    held: { kind: 'unchecked', why: 'a test' },
    async unmount() {
      log.push('unmount');
      script.types.delete(at);
    },
    async settle() {
      log.push('settle');
    },
    detach: () => void log.push(`detach ${at}`),
  });
  const created: Created = {
    async mount(at) {
      log.push('mount');
      script.types.set(at, FS_TYPE);
      return mountedAt(at);
    },
    async destroy() {
      log.push('destroy');
    },
  };
  return {
    async ingest(_store: Store, how) {
      log.push(`ingest${how === undefined ? '' : ` ${how}`}`);
    },
    async create() {
      log.push('create');
      return created;
    },
    async collect(_store, keep) {
      log.push(`collect, keeping ${keep.length}`);
      return script.collected;
    },
    storedCount: ({ objects }) => objects.length,
  };
};
