// The sentences of the finding. Whole findings of six situations are golden texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionWarning } from '../../../results/schema/machine.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { around, type MadeGroup, type MadeRun, made, type Series } from '../claims/journal.ts';
import { viewOf } from '../support/view.ts';
import { FILES, findingOf, setUp, walk, whole } from './support.ts';

test('the first sentence adds the phases up, block by block, and has times, ratio and interval', () => {
  assert.equal(
    findingOf({ groups: [setUp(FILES)] })[0],
    'The image made, all files local but not set up, is ready (created and mounted; layers are unpacked from local tars) in 300 µs with EROFS + overlayfs, in 600 µs with composefs over FUSE (2.00 times as long, 2.00..2.00).',
  );
});

test('digested ingest comes before trusted ingest; later sentences have ratios only', () => {
  const trusted = setUp({ local: 'nothing', ingest: 'trusted' }, 5);
  const digested = setUp({ local: 'nothing', ingest: 'digested' }, 3);
  const sentence = (groups: readonly MadeGroup[]) => findingOf({ groups: [setUp(FILES), ...groups] })[1];
  assert.match(
    sentence([trusted])!,
    /^Bringing it in .* \(ingest and create, contents trusted\) .* 5\.00 times as long with composefs over FUSE/,
  );
  assert.equal(
    sentence([trusted, digested]),
    'Bringing it in after the download (ingest and create, digests computed) takes 40.1 ms with EROFS + overlayfs, 3.00 times as long with composefs over FUSE (3.00..3.00).',
  );
});

/** A single block. */
const cut = (group: MadeGroup): MadeGroup => {
  const firstOf = (value: number | readonly number[]): readonly number[] =>
    typeof value === 'number' ? [value] : value.slice(0, 1);
  const cutSeries = (series: Series): Series =>
    Object.fromEntries(Object.entries(series).map(([metric, value]) => [metric, firstOf(value)]));
  return {
    ...group,
    time: Object.fromEntries(Object.entries(group.time!).map(([arm, series]) => [arm, cutSeries(series)])),
  };
};

test('a group with intervals is taken before one with too few blocks, also in the first chart', () => {
  const trusted = setUp({ local: 'nothing', ingest: 'trusted' }, 5);
  const digested = cut(setUp({ local: 'nothing', ingest: 'digested' }, 3));
  const { run, samples } = made({ groups: [setUp(FILES), digested, trusted] });
  const { finding, forests } = viewOf(run, samples);
  assert.match(finding[1]!, /^Bringing it in .*contents trusted\) .* 5\.00 times as long/);
  const chart = forests[0]!.quantities.find(({ id }) => id === 'nothing-up')!;
  const { versus } = chart.rows[0]!;
  assert.ok(versus.ratio.kind === 'interval');
  assert.equal(versus.ratio.center.toFixed(2), '5.00');
  // With no other group the one with too few blocks is still shown.
  assert.match(findingOf({ groups: [setUp(FILES), digested] })[1]!, /^Bringing it in .*digests computed\) /);
});

test('a sentence names its image only if it is another one', () => {
  const images = [{ name: 'made' }, { name: 'large' }];
  const listing = (image: string) => findingOf({ groups: [setUp(FILES), walk(2, image)], images })[1]!;
  assert.match(listing('made'), /^Listing every entry with cold caches takes/);
  assert.match(listing('large'), /^Listing every entry of large with cold caches takes/);
});

test('the first sentence is about mounting without local=files, and about listing without churn', () => {
  assert.match(
    findingOf({ groups: [setUp({ local: 'image' })] })[0]!,
    /^The image made, already set up, is mounted in 200 µs/,
  );
  assert.match(
    findingOf({ groups: [walk(2)] })[0]!,
    /^Listing every entry of made with cold caches takes 50\.0 ms/,
  );
});

test('the excluded phases are those that the sentences leave out', () => {
  const excluded = (groups: readonly MadeGroup[]) =>
    findingOf({ groups }).find((line) => line.startsWith('Not included'));
  assert.equal(excluded([walk(2)]), undefined);
  assert.equal(excluded([setUp(FILES)]), 'Not included in these times: starting a program.');
  assert.equal(
    excluded([setUp({ local: 'image' })]),
    'Not included in these times: setting the image up, starting a program, removing the image.',
  );
});

test('removing the image again is a sentence of its own', () => {
  assert.match(
    findingOf({ groups: [whole(3)] })[1]!,
    /^Removing it again \(unmount to destroy\) takes 300 µs with EROFS \+ overlayfs, 3\.00 times as long /,
  );
});

test('the finding explains the parentheses, and says that a run did not complete', () => {
  const finding = findingOf({ groups: [walk(2)] }, (run) => ({ ...run, status: 'interrupted' }));
  assert.ok(
    finding.includes(
      'Each ratio is the median of the ratios within the blocks, not the quotient of two medians; in parentheses its 98.75 % interval.',
    ),
    finding.join('\n'),
  );
  assert.match(finding.at(-1)!, /^One run that did not complete \(interrupted\), /);
});

test('ratios near 1 keep two decimals, so that an interval is never a single number', () => {
  const [sentence] = findingOf({ groups: [walk(1.1)] });
  assert.match(sentence!, /55\.0 ms with composefs over FUSE \(1\.10 times as long, 1\.10\.\.1\.10\)/);
});

test('a difference below the floor and one within 5 % are given in words', () => {
  const tiny = (factor: number): MadeGroup => ({
    scenario: 'churn',
    params: { local: 'image' },
    time: {
      'erofs-overlay': { mountWallNs: around(50e3) },
      'composefs-fuse': { mountWallNs: around(50e3 * factor) },
    },
  });
  assert.match(findingOf({ groups: [tiny(1.2)] })[1]!, /; less than 20us apart with composefs over FUSE\.$/);
  assert.match(findingOf({ groups: [tiny(1.001)] })[1]!, /; the same within 5 % with composefs over FUSE\.$/);
});

test('the first sentence says why nothing can be concluded', () => {
  const first = (given: MadeRun) => findingOf(given)[0];
  const noisy: MadeGroup = {
    scenario: 'walk-cold',
    time: {
      'erofs-overlay': { walkWallNs: 50e6 },
      'composefs-fuse': { walkWallNs: [20e6, 90e6, 20e6, 90e6, 20e6, 90e6, 20e6, 90e6] },
    },
  };
  assert.equal(first({ groups: [noisy] }), 'This run cannot tell the backends apart.');
  assert.equal(first({ groups: [walk(1)] }), 'No difference was found.');
  assert.equal(first({ groups: [walk(2)], blocks: 8 })?.startsWith('Listing'), true);
  const few: MadeGroup = {
    scenario: 'walk-cold',
    time: { 'erofs-overlay': { walkWallNs: [5e7, 5e7] }, 'composefs-fuse': { walkWallNs: [1e8, 1e8] } },
  };
  assert.equal(first({ groups: [few] }), 'Too few blocks to compare the backends.');
  const alone: MadeGroup = { scenario: 'walk-cold', time: { 'erofs-overlay': { walkWallNs: 5e7 } } };
  assert.equal(first({ groups: [alone] }), 'Nothing is compared: EROFS + overlayfs is alone.');
});

test('a difference of an arm beyond those that a sentence names is a difference', () => {
  const four = (factor: number): MadeGroup => ({
    scenario: 'walk-cold',
    time: {
      'erofs-overlay': { walkWallNs: around(50e6) },
      'composefs-fuse': { walkWallNs: around(50e6) },
      'unpacked-overlay': { walkWallNs: around(50e6) },
      'erofs-full': { walkWallNs: around(50e6) },
      'squashfs-full': { walkWallNs: around(50e6 * factor) },
    },
  });
  assert.equal(findingOf({ groups: [four(1)] })[0], 'No difference was found.');
  const finding = findingOf({ groups: [four(3)] });
  assert.ok(!finding.includes('No difference was found.'), finding[0]);
  assert.doesNotMatch(finding[0]!, /squashfs/i, 'a sentence names three arms');
});

test('two arms with one title are told apart by their ids', () => {
  const given = made({ groups: [walk(2)] });
  const again = (arm: string): string => (arm === 'erofs-overlay' ? arm : 'erofs-overlay#2');
  const samples = given.samples.map(
    (sample): Sample => ({ ...sample, arm: again(sample.arm), backend: 'erofs-overlay' }),
  );
  const plan = { ...given.run.plan, arms: ['erofs-overlay', 'erofs-overlay#2'] };
  assert.match(
    viewOf({ ...given.run, plan }, samples).finding[0]!,
    /takes 50\.0 ms with erofs-overlay, 100 ms with erofs-overlay#2/,
  );
});

test('at most three arms are compared, headline backends before variants', () => {
  const arms = ['z-variant', 'y-variant', 'composefs-fuse', 'unpacked-overlay'];
  const time = Object.fromEntries(
    ['erofs-overlay', ...arms].map((arm) => [
      arm,
      { walkWallNs: around(arm === 'erofs-overlay' ? 50e6 : 100e6) },
    ]),
  );
  const variant = { title: 'variant', how: '', answers: 'an objection' };
  const [sentence] = findingOf({ groups: [{ scenario: 'walk-cold', time }] }, (run) => ({
    ...run,
    catalogue: {
      ...run.catalogue,
      backends: {
        ...run.catalogue.backends,
        'z-variant': { ...variant, title: 'Z' },
        'y-variant': { ...variant, title: 'Y' },
      },
    },
  }));
  assert.match(sentence!, /FUSE .* with unpacked layers \+ overlayfs .* with Z \(/);
  assert.doesNotMatch(sentence!, /with Y/);
});

test('an undecided arm beside a decided one is called undecided, with its interval and without a ratio', () => {
  const group = walk(2);
  const wide = { 'unpacked-overlay': { walkWallNs: around(50e6, 8, 0.5) } };
  const [sentence] = findingOf({ groups: [{ ...group, time: { ...group.time, ...wide } }] });
  assert.match(
    sentence!,
    /\(2\.00 times as long, 2\.00\.\.2\.00\); undecided for unpacked layers \+ overlayfs \(0\.\d\d\.\./,
  );
  assert.doesNotMatch(sentence!, / with unpacked layers/);
});

test('an arm whose files were on another file system is named in the sentence on the machine', () => {
  const sentence = (on: string): string => {
    const { run, samples } = made({ groups: [walk(2)] });
    const took = { mount: 'bind', on, window: 'one call' };
    return viewOf(
      run,
      samples.map((sample) => (sample.arm === 'composefs-fuse' ? { ...sample, took } : sample)),
    ).finding.at(-1)!;
  };
  assert.match(sentence('XFS on a loop file'), /; composefs over FUSE on XFS on a loop file\.$/);
  assert.doesNotMatch(sentence('work folder'), /loop file|work folder/);
});

test('the last sentence names the machine: virtual or not, privilege, discard, noise', () => {
  const machine = (change: (run: RunFile) => RunFile): string =>
    findingOf({ groups: [walk(2)] }, change).at(-1)!;
  const options = (text: string) => (run: RunFile) => ({
    ...run,
    environment: { ...run.environment, workFileSystem: { type: 'ext4', device: 'a', options: text } },
  });
  assert.equal(
    machine((run) => run),
    'One run on a virtual machine with 2 CPUs, ext4.',
  );
  assert.equal(
    machine(options('rw,discard')),
    'One run on a virtual machine with 2 CPUs, ext4, mounted with discard.',
  );
  assert.equal(machine(options('rw,nodiscard')), 'One run on a virtual machine with 2 CPUs, ext4.');
  const real = (run: RunFile): RunFile => ({
    ...run,
    environment: { ...run.environment, virtualization: null, privilege: 'user namespace', cpuCount: 1 },
  });
  assert.equal(machine(real), 'One run without root on a machine with 1 CPU, ext4.');
  assert.match(
    findingOf({ groups: [walk(2)], noise: 'others compile' }).at(-1)!,
    /ext4\. The machine was noisy\.$/,
  );
});

test('a warning of the kernel is said as such, and is no noise of the machine', () => {
  const kernel = { id: 'kernel', severity: 'noise', text: 'kernel warning: BUG', hint: '' } as const;
  const lastOf = (noise: string, judged: (of: readonly ConditionWarning[]) => readonly ConditionWarning[]) =>
    findingOf({ groups: [walk(2)], noise }, (run) => ({
      ...run,
      conditions: { ...run.conditions!, judged: judged(run.conditions!.judged) },
    })).at(-1)!;
  assert.match(
    lastOf('', () => [kernel]),
    /ext4\. The kernel logged a warning meanwhile\.$/,
  );
  assert.match(
    lastOf('others compile', (of) => [...of, kernel]),
    /ext4\. The machine was noisy\. The kernel logged a warning meanwhile\.$/,
  );
});
