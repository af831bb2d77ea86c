// `cfsbench image` as typed. None of it needs root or a kernel feature; what it does is loaded when it is asked for.
import { Command, Option } from 'commander';

export const imageCommand = (): Command =>
  new Command('image')
    .description('build, inspect or print a composefs image; needs no root and mounts nothing')
    .addCommand(
      new Command('build')
        .description('write the composefs image of a source, byte for byte what mkcomposefs writes')
        .argument('SOURCE', 'dump:FILE, dir:PATH, oci:LAYOUT[:TAG], synthetic:files=N, fixture:NAME')
        .argument('OUT', 'the file to write')
        .addOption(
          new Option(
            '--image-version <N>',
            'format version (default: 1 for a tree with whiteouts, else 0)',
          ).choices(['0', '1']),
        )
        .action(async (spec: string, out: string, { imageVersion }: { imageVersion?: '0' | '1' }) => {
          const { build } = await import('./image.ts');
          await build(spec, out, imageVersion === undefined ? undefined : imageVersion === '0' ? 0 : 1);
        }),
    )
    .addCommand(
      new Command('inspect')
        .description('what an image holds')
        .argument('FILE', 'a composefs image')
        .option('--json', 'as JSON')
        .action(async (file: string, { json = false }: { json?: boolean }) => {
          const { inspect } = await import('./image.ts');
          inspect(file, json);
        }),
    )
    .addCommand(
      new Command('dump')
        .description('print an image as composefs dump text')
        .argument('FILE', 'a composefs image')
        .action(async (file: string) => {
          const { dump } = await import('./image.ts');
          await dump(file);
        }),
    );
