// What this machine can do, found by trying, in namespaces that are thrown away.
//
// Does:    writes the test image into a folder beside the work folder's contents, starts one program in private namespaces.
// Cost:    about 200 ms.
// Leaves:  nothing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../model/errors.ts';
import type { FeatureId, FeatureState, Features } from '../model/machine.ts';
import { hintFor } from './feature-hints.ts';
import { FEATURE_IDS, type ProbeSetting } from './feature-probes.ts';
import { FEATURES_PREFIX } from './features-folder.ts';
import { type Namespaces, probeNamespaces } from './namespace-probe.ts';

const PROGRAM = fileURLToPath(new URL('./features-main.js', import.meta.url));
const LIMIT_MS = 20_000;

export interface FeatureSearch {
  readonly workDir: string;
  /** A composefs image, for the EROFS mounts. */
  readonly imageBytes: Uint8Array;
  readonly serverPath: string;
}

/** The work folder may not exist yet, and looking must not make it. */
const nearestFolder = (path: string): string => {
  const absolute = resolve(path);
  return existsSync(absolute) ? absolute : nearestFolder(dirname(absolute));
};

const nothing = (reason: string, hint: string): Features => {
  const found = (id: FeatureId): FeatureState => ({
    ok: false,
    detail: reason,
    hint: id === 'root' ? hintFor(id) : hint,
  });
  return Object.fromEntries(FEATURE_IDS.map((id) => [id, found(id)])) as Features;
};

const tryInside = (namespaces: Namespaces & { kind: 'possible' }, setting: ProbeSetting): Features => {
  const [program = '', ...prefix] = namespaces.prefix;
  const done = spawnSync(program, [...prefix, process.execPath, PROGRAM, JSON.stringify(setting)], {
    timeout: LIMIT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return JSON.parse(done.stdout.toString()) as Features;
  throw new UserError('the features of this machine could not be tried', {
    exit: 4,
    code: 'features',
    facts: [`exit ${done.status}`, ...done.stderr.toString().trim().split('\n').slice(-5)],
  });
};

export const findFeatures = async (search: FeatureSearch): Promise<Features> => {
  const namespaces = probeNamespaces();
  if (namespaces.kind === 'refused')
    return nothing(`no private namespace: ${namespaces.reason}`, namespaces.hint);
  const workDir = nearestFolder(search.workDir);
  try {
    accessSync(workDir, constants.W_OK);
  } catch {
    return nothing(`the work folder cannot be written: ${workDir}`, 'give another folder: --work DIR');
  }
  const folder = mkdtempSync(join(workDir, `${FEATURES_PREFIX}${process.pid}-`));
  const imagePath = join(folder, 'image');
  try {
    writeFileSync(imagePath, search.imageBytes);
    const { serverPath } = search;
    return tryInside(namespaces, {
      workDir,
      folder,
      imagePath,
      serverPath,
      subordinateIds: namespaces.subordinateIds,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
