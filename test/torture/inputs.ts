// Damaged and hostile inputs: by the properties of the readers, on the command line, and through a mount.
import { fileURLToPath } from 'node:url';
import { start } from '../end-to-end/support.ts';
import { endWithin, finding, when } from './checks.ts';
import { imageTrial, serverTrial } from './input-images.ts';
import { resultsTrial } from './input-results.ts';
import { changingTrial, dumpTrial, ociTrial } from './input-sources.ts';
import type { Trial } from './trial.ts';

const PROPERTY_LIMIT_MS = 600_000;
/** Inputs of one property; fewer in the short form, since `npm test` tries the same properties. */
const PROPERTY_RUNS = 300;
const SHORT_PROPERTY_RUNS = 30;

/** A test file whose tests are properties, with many more inputs than in the test suite. */
const propertyTrial = (id: string, title: string, file: string): Trial => ({
  id,
  section: 'inputs',
  title,
  count: 30,
  shortCount: 1,
  async attempt({ owner, note, plan }) {
    const runs = plan === 'short' ? SHORT_PROPERTY_RUNS : PROPERTY_RUNS;
    const path = fileURLToPath(new URL(`../harness/properties/${file}.test.js`, import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env as Record<string, string>;
    const argv = [process.execPath, '--test-reporter=tap', path];
    const testing = start(owner, argv, { ...env, CFSBENCH_PROPERTY_RUNS: String(runs) });
    const end = await endWithin(testing.done, PROPERTY_LIMIT_MS);
    if (end === null) return { kind: 'done', findings: [finding('hang', `${file}: no end`)] };
    note(end.stdout);
    const failed = [...end.stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    const findings = [
      ...failed.map((name) => finding('crash', `${file}: ${name}`)),
      ...when(end.code !== 0 && failed.length === 0, 'crash', `${file}: exit code ${end.code}`),
    ];
    const passed = [...end.stdout.matchAll(/^ +ok \d+ - /gm)].length;
    return { kind: 'done', findings, tried: runs * passed };
  },
});

export const inputTrials: readonly Trial[] = [
  propertyTrial('round-trips', 'written and read back: dumps, images, layers, gzip, zstd', 'round-trips'),
  propertyTrial('hostile', 'damaged and hostile dumps, layers, images, gzip, zstd', 'hostile'),
  dumpTrial,
  ociTrial,
  imageTrial,
  serverTrial,
  changingTrial,
  resultsTrial,
];
