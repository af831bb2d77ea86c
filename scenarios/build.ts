// Builds an image with our writer, with the reference tool and with mkfs.erofs from the same tree.
//
// from=tree: the tool reads every file of an unpacked image, for its digest or, mkfs.erofs, for its contents.
// from=dump: the tool reads the metadata as text, which compares the writers alone.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Need } from '../harness/model/machine.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';

const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));
/** An empty folder. */
const EMPTY_DUMP = '/ 4096 40755 2 0 0 0 0.0 - - -\n';
const KIB = 1024;

interface BuildTool {
  readonly needs: readonly Need[];
  argv(from: 'tree' | 'dump', path: string, out: string): readonly string[];
}

const TOOLS: Readonly<Record<string, BuildTool>> = {
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

const toolOf = ({ tool }: Params): BuildTool => TOOLS[String(tool)]!;

interface BuildInputs {
  readonly full: string;
  readonly empty: string;
}

const writeFile = (stage: Stage, path: string, bytes: Uint8Array): string => {
  stage.machine.files.writeNew(path, bytes);
  return path;
};

/** Dumps of the image and of an empty folder. */
const dumps = async (stage: Stage): Promise<BuildInputs> => {
  const folder = stage.folder('dumps');
  const manifest = writeFile(stage, join(folder, 'manifest'), stage.image.manifest);
  const full = join(folder, 'full');
  await stage.machine.command('dump', [process.execPath, PROGRAM, 'image', 'dump', manifest], {
    stdout: full,
  });
  stage.machine.files.unlink(manifest);
  return { full, empty: writeFile(stage, join(folder, 'empty'), Buffer.from(EMPTY_DUMP)) };
};

const build = async (
  stage: Stage,
  tool: BuildTool,
  from: 'tree' | 'dump',
  inputs: BuildInputs,
): Promise<Values> => {
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
  // In a process outside the window, started by a small parent: a child's peak is never below that of its parent.
  const peakFile = join(folder, 'peak');
  await stage.command('build', ['time', '-f', '%M', '-o', peakFile, ...tool.argv(from, inputs.full, out)]);
  const buildPeakBytes = Number(readFileSync(peakFile, 'utf8')) * KIB;
  for (const path of [out, peakFile]) files.unlink(path);
  return { startWallNs, builtBytes, buildPeakBytes };
};

const fromTree = async (stage: Stage, tool: BuildTool): Promise<Values> => {
  const created = await stage.prepared.create(stage.store, stage.folder('image'));
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  const values = await build(stage, tool, 'tree', { full: mounted.root, empty: stage.folder('empty-tree') });
  await mounted.unmount();
  await mounted.settle();
  await created.destroy();
  return values;
};

const fromDump = async (stage: Stage, tool: BuildTool): Promise<Values> => {
  const inputs = await dumps(stage);
  const values = await build(stage, tool, 'dump', inputs);
  for (const path of Object.values(inputs)) stage.machine.files.unlink(path);
  return values;
};

const lower = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

export const scenario: Scenario = {
  id: 'build',
  question: 'What does it cost to build an image?',
  cache: 'warm',
  reproduce:
    'cfsbench image build dir:TREE OUT; mkcomposefs TREE OUT; mkfs.erofs -x1 --preserve-mtime OUT TREE; from=dump: cfsbench image build dump:FILE OUT; mkcomposefs --from-file FILE OUT',
  headline: ['buildWallNs', 'startWallNs', 'buildPeakBytes', 'builtBytes'],
  ownSection: true,
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
  // The source of the tree to read. The parameter `tool` names the tool.
  only: ['unpacked-overlay'],
  oneLook: true,
  metrics: {
    buildWallNs: lower('building the image, with the start of the tool'),
    startWallNs: lower('the same tool on an empty folder'),
    buildPeakBytes: lower('peak memory of the tool (resident)'),
    builtBytes: lower('size of the image'),
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
