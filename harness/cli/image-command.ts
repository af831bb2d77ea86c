// The command `cfsbench image`: needs no root and no kernel feature. What it does is loaded when it is called.
import { Command, Option } from 'commander';

interface BuildOptions {
  readonly imageVersion?: '0' | '1';
}

const buildCommand = (): Command =>
  new Command('build')
    .description('write the composefs image of a source, byte for byte as mkcomposefs does')
    .argument('<SOURCE>', 'dump:FILE, dir:PATH, oci:LAYOUT[:TAG], synthetic:files=N or fixture:NAME')
    .argument('<OUT>', 'the file to write')
    .addOption(
      new Option(
        '--image-version <N>',
        'format version (default: 1 for a tree with whiteouts, else 0)',
      ).choices(['0', '1']),
    )
    .action(async (spec: string, out: string, { imageVersion }: BuildOptions) => {
      const { build } = await import('./image.ts');
      await build(spec, out, imageVersion === undefined ? undefined : imageVersion === '0' ? 0 : 1);
    });

const inspectCommand = (): Command =>
  new Command('inspect')
    .description('print what a composefs image contains')
    .argument('<FILE>', 'a composefs image')
    .option('--json', 'print JSON')
    .action(async (file: string, { json = false }: { readonly json?: boolean }) => {
      const { inspect } = await import('./image.ts');
      inspect(file, json);
    });

const dumpCommand = (): Command =>
  new Command('dump')
    .description('print a composefs image as composefs dump text')
    .argument('<FILE>', 'a composefs image')
    .action(async (file: string) => {
      const { dump } = await import('./image.ts');
      await dump(file);
    });

export const imageCommand = (): Command =>
  new Command('image')
    .description('build, inspect or dump a composefs image')
    .addHelpText('after', '\nNeeds no root and mounts nothing.')
    .addCommand(buildCommand())
    .addCommand(inspectCommand())
    .addCommand(dumpCommand());
