// The command `cfsbench image`: needs no root and no kernel feature. What it does is loaded when it is called.
import { Command, Option } from 'commander';
import type { SignOptions, VerifyOptions } from './image-sign.ts';
import { wholeNumber } from './option-values.ts';

interface BuildOptions {
  readonly imageVersion?: '0' | '1';
}

const buildCommand = (): Command =>
  new Command('build')
    .description('write the composefs image of a source, byte for byte as mkcomposefs does')
    .argument(
      '<SOURCE>',
      'dump:FILE, dir:PATH, oci:LAYOUT[:TAG|@DIGEST], remote:URL,key=PUBLIC.pem[,least=N], synthetic:files=N, fixture:NAME or family:base=SOURCE,count=N,member=I',
    )
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

const SEQUENCES = { least: 0, most: Number.MAX_SAFE_INTEGER } as const;

const signCommand = (): Command =>
  new Command('sign')
    .description('sign the fs-verity digest of a composefs image, with its name and a sequence number')
    .argument('<IMAGE>', 'a composefs image')
    .requiredOption('--key <PEM>', 'private Ed25519 key')
    .option('-o, --out <SIG>', 'the file to write (default: IMAGE.sig)')
    .option('--name <NAME>', 'name of the image (default: that of its file, without its extension)')
    .addOption(
      new Option(
        '--sequence <N>',
        'number that grows with each version of the image (default: seconds since 1970)',
      ).argParser(wholeNumber({ option: '--sequence', ...SEQUENCES })),
    )
    .action(async (image: string, options: SignOptions) => {
      const { signImage } = await import('./image-sign.ts');
      await signImage(image, options);
    });

const verifyCommand = (): Command =>
  new Command('verify')
    .description('check that an image is the one that was signed; exit code 5 if not')
    .argument('<IMAGE>', 'a composefs image')
    .argument('[SIG]', 'its signature (default: IMAGE.sig)')
    .requiredOption('--key <PEM>', 'public Ed25519 key')
    .option('--name <NAME>', 'refuse a signature for another name')
    .addOption(
      new Option('--least <N>', 'refuse a lower sequence number: an older version').argParser(
        wholeNumber({ option: '--least', ...SEQUENCES }),
      ),
    )
    .action(async (image: string, signature: string | undefined, options: VerifyOptions) => {
      const { verifyImage } = await import('./image-sign.ts');
      verifyImage(image, signature, options);
    });

export const imageCommand = (): Command =>
  new Command('image')
    .description('build, inspect, dump, sign or verify a composefs image')
    .addHelpText('after', '\nNeeds no root and mounts nothing.')
    .addCommand(buildCommand())
    .addCommand(inspectCommand())
    .addCommand(dumpCommand())
    .addCommand(signCommand())
    .addCommand(verifyCommand());
