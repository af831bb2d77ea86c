// Finds the features of this machine by trying them in private namespaces.
//
// Does:    writes a test image into a new folder in the work folder, and starts one program in private namespaces.
// Cost:    about 200 ms.
// Leaves:  nothing; the marked folder if it is killed.
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../model/errors.ts';
import type { FeatureId, FeatureState, Features } from '../../model/machine.ts';
import { patience } from '../guest.ts';
import { makeMarkedFolder, removeMarkedFolder } from '../marked-folder.ts';
import { isOfKilledInit, type Namespaces, probeNamespaces } from '../namespace-probe.ts';
import { runTool } from '../tool.ts';
import type { FeatureSetting } from './feature.ts';
import { FEATURES_PREFIX } from './folder-name.ts';
import { FEATURE_IDS, features } from './registry.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));
const LIMIT_MS = 60_000 * patience;
const NAME_BYTES = 6;

interface FeatureSearch {
  readonly workDir: string;
  /** A composefs image, for the EROFS mounts. */
  readonly imageBytes: Uint8Array;
  readonly serverPath: string;
}

/** The nearest existing folder: the work folder may not exist yet, and the search must not make it. */
export const existingFolder = (path: string): string => {
  const absolute = resolve(path);
  return existsSync(absolute) ? absolute : existingFolder(dirname(absolute));
};

const allMissing = (reason: string, hint: string): Features => {
  const stateOf = (id: FeatureId): FeatureState => ({
    ok: false,
    detail: reason,
    hint: id === 'root' ? features.root.hint() : hint,
  });
  return Object.fromEntries(FEATURE_IDS.map((id) => [id, stateOf(id)])) as Features;
};

const tryInside = async (
  namespaces: Namespaces & { kind: 'possible' },
  setting: FeatureSetting,
): Promise<Features> => {
  const argv = [...namespaces.prefix, process.execPath, PROGRAM, JSON.stringify(setting)];
  const done = await runTool(argv, { limitMs: LIMIT_MS });
  if (done.status === 0) return JSON.parse(done.stdout) as Features;
  const lines = done.stderr.trim().split('\n');
  throw new UserError('cannot try the features of this machine', {
    exit: 4,
    code: 'features',
    // The last line names the feature that was tried.
    facts:
      done.how === 'SIGKILL' || lines.some(isOfKilledInit)
        ? ['the process that tries them was killed by SIGKILL']
        : [done.how, ...lines.slice(-5)],
  });
};

export const findFeatures = async (search: FeatureSearch): Promise<Features> => {
  const namespaces = await probeNamespaces();
  if (namespaces.kind === 'refused')
    return allMissing(`no private namespace: ${namespaces.reason}`, namespaces.hint);
  const workDir = existingFolder(search.workDir);
  try {
    accessSync(workDir, constants.W_OK);
  } catch {
    return allMissing(`the work folder is not writable: ${workDir}`, 'use another folder: --work DIR');
  }
  const name = `${FEATURES_PREFIX}${randomBytes(NAME_BYTES).toString('hex')}`;
  const folder = makeMarkedFolder(join(realpathSync(workDir), name), { run: 'features', results: null });
  try {
    const imagePath = join(folder.path, 'image');
    writeFileSync(imagePath, search.imageBytes);
    const { serverPath } = search;
    return await tryInside(namespaces, {
      workDir,
      folder: folder.path,
      imagePath,
      serverPath,
      subordinateIds: namespaces.subordinateIds,
    });
  } finally {
    await removeMarkedFolder(folder);
  }
};
