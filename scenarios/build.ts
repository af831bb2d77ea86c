// Making an image, the step before everything else here: our writer, the reference tool and mkfs.erofs on the same tree.
//
// from=tree: an unpacked image is read, every file of it: for its digest, or, by mkfs.erofs, to put its contents into the image.
// from=dump: only the metadata, as text; then nothing but the writer itself is left to compare.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Need } from '../harness/model/machine.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';

const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));
/** A folder and nothing in it. */
const EMPTY_DUMP = '/ 4096 40755 2 0 0 0 0.0 - - -\n';
const KIB = 1024;

interface Tool {
  readonly needs: readonly Need[];
  argv(from: 'tree' | 'dump', path: string, out: string): readonly string[];
}

const TOOLS: Readonly<Record<string, Tool>> = {
  cfsbench: {
    needs: [],
    argv: (from, path, out) => [
      process.execPath,
      PROGRAM,
      'image',
      'build',
      `${from === 'tree' ? 'dir' : 'dump'}:${path}`,
      out,
    ],
  },
  mkcomposefs: {
    needs: [{ title: 'mkcomposefs', anyOf: ['mkcomposefs'] }],
    argv: (from, path, out) => ['mkcomposefs', ...(from === 'tree' ? [] : ['--from-file']), path, out],
  },
  'mkfs.erofs': {
    needs: [{ title: 'mkfs.erofs', anyOf: ['mkfs-erofs'] }],
    argv: (_, path, out) => ['mkfs.erofs', '-x1', '--preserve-mtime', '--quiet', out, path],
  },
};

const toolOf = ({ tool }: Params): Tool => TOOLS[String(tool)]!;

interface Inputs {
  readonly full: string;
  readonly empty: string;
}

const written = (stage: Stage, path: string, bytes: Uint8Array): string => {
  stage.machine.files.writeNew(path, bytes);
  return path;
};

/** The image's own metadata as text, and that of an empty folder. */
const dumps = async (stage: Stage): Promise<Inputs> => {
  const folder = stage.folder('dumps');
  const manifest = written(stage, join(folder, 'manifest'), stage.image.manifest);
  const full = join(folder, 'full');
  await stage.machine.command('dump', [process.execPath, PROGRAM, 'image', 'dump', manifest], {
    stdout: full,
  });
  stage.machine.files.unlink(manifest);
  return { full, empty: written(stage, join(folder, 'empty'), Buffer.from(EMPTY_DUMP)) };
};

const build = async (stage: Stage, tool: Tool, from: 'tree' | 'dump', inputs: Inputs): Promise<Values> => {
  const { files, features } = stage.machine;
  const folder = stage.folder('built');
  const out = join(folder, 'image');
  const make = (path: string) => stage.command('build', tool.argv(from, path, out));
  const startWallNs = await elapsed(() => make(inputs.empty));
  files.unlink(out);
  stage.sync();
  await stage.phase('use', () => make(inputs.full));
  const builtBytes = statSync(out).size;
  files.unlink(out);
  if (!features['gnu-time'].ok) return { startWallNs, builtBytes };
  // Once more, outside of the window: what starts it is small, and a child's peak is never below that of its parent.
  const told = join(folder, 'peak');
  await stage.command('build', ['time', '-f', '%M', '-o', told, ...tool.argv(from, inputs.full, out)]);
  const buildPeakBytes = Number(readFileSync(told, 'utf8')) * KIB;
  for (const path of [out, told]) files.unlink(path);
  return { startWallNs, builtBytes, buildPeakBytes };
};

const fromTree = async (stage: Stage, tool: Tool): Promise<Values> => {
  const created = await stage.prepared.create(stage.store, stage.folder('image'));
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  const values = await build(stage, tool, 'tree', { full: mounted.root, empty: stage.folder('empty-tree') });
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return values;
};

const fromDump = async (stage: Stage, tool: Tool): Promise<Values> => {
  const inputs = await dumps(stage);
  const values = await build(stage, tool, 'dump', inputs);
  for (const path of Object.values(inputs)) stage.machine.files.unlink(path);
  return values;
};

const less = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

export const scenario: Scenario = {
  id: 'build',
  question: 'What does it cost to make an image?',
  cache: 'warm',
  reproduce:
    'cfsbench image build dir:TREE OUT; mkcomposefs TREE OUT; mkfs.erofs -x1 --preserve-mtime OUT TREE; from=dump: cfsbench image build dump:FILE OUT; mkcomposefs --from-file FILE OUT',
  headline: ['buildWallNs', 'startWallNs', 'buildPeakBytes', 'builtBytes'],
  ownSection: true,
  spare: true,
  needs: [],
  params: [
    { tool: 'cfsbench', from: 'tree' },
    { tool: 'mkcomposefs', from: 'tree' },
    { tool: 'mkfs.erofs', from: 'tree' },
  ],
  largeParams: [
    { tool: 'cfsbench', from: 'dump' },
    { tool: 'mkcomposefs', from: 'dump' },
  ],
  paramNeeds: (params) => toolOf(params).needs,
  passes: ['time'],
  // It is where a tree to read comes from: tools are told apart by `tool`, not by backend.
  only: ['unpacked-overlay'],
  oneLook: true,
  metrics: {
    buildWallNs: less('the image is made, the start of the tool with it'),
    startWallNs: less('the same tool on an empty folder'),
    buildPeakBytes: less('the most that the tool held (resident)'),
    builtBytes: less('bytes of the image'),
  },
  cycles: () => 1,
  roughNs: (size) => 1.5e9 + size.objectCount * 3e5 + size.objectBytes * 8,
  run(stage) {
    const tool = toolOf(stage.slot.params);
    return stage.slot.params['from'] === 'tree' ? fromTree(stage, tool) : fromDump(stage, tool);
  },
  derive: ({ useWallNs, ...values }) =>
    useWallNs === undefined ? values : { ...values, buildWallNs: useWallNs },
};
