// The table of attacks: every cell is an attack that the run made, and levels without one have the run's reason.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tamperingSection } from '../../report/html/tampering.ts';
import { mailOf } from '../../report/mail/mail.ts';
import { runMarkdown } from '../../report/markdown/run.ts';
import { tamperTables } from '../../report/matrix/tampering.ts';
import { tamperCsv } from '../../report/tampering/csv.ts';
import { cellText, tamperLines } from '../../report/tampering/text.ts';
import { terminalOf } from '../../report/terminal.ts';
import type { ReportView } from '../../report/view.ts';
import type { OkSample, Sample } from '../../results/schema/run.ts';
import { enforcedGroup as enforced } from './claims/attacks.ts';
import { type MadeGroup, type MadeRun, made } from './claims/journal.ts';
import { viewOf } from './support/view.ts';

const COMPUTED: MadeGroup = {
  scenario: 'tamper',
  count: {
    'erofs-overlay': {
      ...{ modeShownCount: 1, modeByFileCount: 0, modeByReferenceCount: 0, modeByManifestCount: 1 },
      ...{
        contentShownCount: 1,
        contentByFileCount: 1,
        contentByReferenceCount: 1,
        contentByManifestCount: 0,
      },
    },
    'unpacked-overlay': {
      modeShownCount: 1,
      modeByFileCount: 0,
      contentShownCount: 0,
      contentByFileCount: 1,
    },
  },
};

const view = (groups: readonly MadeGroup[], more: Partial<MadeRun> = {}): ReportView => {
  const { run, samples } = made({ groups, ...more });
  return viewOf(run, samples);
};

const textsOf = ({ tampering }: ReportView): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(tampering[0]!.rows.map(({ attack, cells }) => [attack, cells.map(cellText)] as const));
const headsOf = ({ tampering }: ReportView): readonly string[] =>
  tampering[0]!.columns.map(({ arm, level }) => `${arm}: ${level.id}`);

const KERNEL = view(
  [
    enforced('manifest', {
      'erofs-overlay-verity': { written: 'AtChange', mode: 'AtMount', forged: 'AtMount' },
    }),
    enforced('nothing', { 'erofs-overlay': { written: 'Served', mode: 'Served' } }),
    enforced('files', { 'erofs-overlay-verity': { written: 'AtChange', mode: 'Served', device: 'AtRead' } }),
    COMPUTED,
  ],
  { scenarios: ['enforced', 'tamper'] },
);

test('a cell says where the attack ended; columns are ordered from weak to strong protection', () => {
  assert.deepEqual(headsOf(KERNEL), [
    'erofs-overlay: nothing',
    'unpacked-overlay: nothing',
    'erofs-overlay-verity: files',
    'erofs-overlay-verity: manifest',
    'erofs-overlay: reference-computed',
  ]);
  const { written, mode, device, forged } = textsOf(KERNEL);
  assert.deepEqual(written, [
    ...['served', 'not shown', 'refused at change', 'refused at change', 'noticed'],
  ]);
  assert.deepEqual(mode, ['served', 'served', 'served', 'refused at mount', 'served']);
  assert.deepEqual(device, ['not tried', 'not tried', 'refused at read', 'not tried', 'not tried']);
  assert.deepEqual(forged, ['not tried', 'not tried', 'not tried', 'refused at mount', 'not tried']);
  assert.deepEqual(Object.keys(textsOf(KERNEL)), ['written', 'mode', 'forged', 'device']);
});

test('computed levels are named as such, and shown if no kernel enforced them', () => {
  const computed = view([COMPUTED], { scenarios: ['tamper'] });
  assert.deepEqual(headsOf(computed), [
    'erofs-overlay: nothing',
    'unpacked-overlay: nothing',
    'erofs-overlay: files-computed',
    'unpacked-overlay: files-computed',
    'erofs-overlay: reference-computed',
    'erofs-overlay: manifest-computed',
  ]);
  assert.deepEqual(textsOf(computed)['mode'], ['served', 'served', 'served', 'served', 'served', 'noticed']);
  const { untried } = computed.tampering[0]!;
  assert.deepEqual(
    untried.map(({ reason }) => reason),
    Array.from({ length: 5 }, () => 'the scenario enforced was not part of this run'),
  );
});

test('passes that differ are shown as such in their cell', () => {
  const odd = view([enforced('nothing', { 'erofs-overlay': { mode: ['Served', 'AtRead', 'Served'] } })]);
  assert.deepEqual(textsOf(odd)['mode'], ['passes differ: read, served']);
  const once = view([enforced('nothing', { 'erofs-overlay': { mode: ['Served', '', 'Served'] } })]);
  assert.deepEqual(textsOf(once)['mode'], ['passes differ: served']);
});

describe('a level without a column has the reason of the run', () => {
  const only = enforced('nothing', { 'erofs-overlay': { mode: 'Served' } });
  const reasonsIn = (
    more: Partial<MadeRun>,
    ...groups: readonly MadeGroup[]
  ): Readonly<Record<string, string>> => {
    const { untried } = view([only, ...groups], more).tampering[0]!;
    return Object.fromEntries(untried.map(({ level, reason }) => [level, reason]));
  };

  test('a need of the level', () => {
    const skipped = [
      {
        ...{ kind: 'scenario' as const, scenario: 'enforced', params: { level: 'files' } },
        ...{ need: 'fs-verity on the work file system', reason: 'EOPNOTSUPP' },
      },
    ];
    const reasons = reasonsIn({ skipped });
    assert.equal(reasons['fs-verity of objects'], 'fs-verity on the work file system: EOPNOTSUPP');
    assert.equal(reasons['dm-verity'], 'no backend of this run has it');
  });

  test('no time', () => {
    const dropped = [
      {
        ...{ kind: 'group' as const, scenario: 'enforced', params: { level: 'files' }, image: 'made' },
        ...{ blocks: 0, neededBlocks: 0, neededNs: 5e9, leftNs: 1e9 },
      },
    ];
    const reasons = reasonsIn({ dropped });
    assert.match(reasons['fs-verity of objects']!, /^enforced level=files on made: not measured: no time/);
    assert.equal(reasons['dm-verity'], 'no backend of this run has it');
    const elsewhere = dropped.map((one) => ({ ...one, image: 'other' }));
    assert.equal(reasonsIn({ dropped: elsewhere })['fs-verity of objects'], 'no backend of this run has it');
    const older = [{ kind: 'text' as const, text: 'enforced: no time', scenario: 'enforced' }];
    assert.equal(reasonsIn({ dropped: older })['dm-verity'], 'enforced: no time');
  });

  test('slots that failed', () => {
    const failed = { scenario: 'enforced', params: { level: 'files' }, failed: ['erofs-overlay-verity'] };
    const reasons = reasonsIn({}, failed);
    assert.equal(reasons['fs-verity of objects'], 'failed: erofs-overlay-verity: EIO: no luck');
    assert.equal(reasons['dm-verity'], 'no backend of this run has it');
  });

  test('slots that were skipped', () => {
    const { run, samples } = made({ groups: [only] });
    const { values: _, ...slot } = samples[0] as OkSample;
    const skipped: Sample = {
      ...{ ...slot, outcome: 'skipped', arm: 'erofs-overlay-verity', params: { level: 'files' } },
      ...{ need: 'an image with files', reason: 'this image has too few files to change' },
    };
    const [table] = viewOf(run, [...samples, skipped]).tampering;
    assert.equal(
      table!.untried.find(({ level }) => level === 'fs-verity of objects')!.reason,
      'erofs-overlay-verity: an image with files: this image has too few files to change',
    );
  });

  test('backends that cannot run here', () => {
    const skip = (arm: string, more: { readonly image?: string } = {}) => ({
      ...{ kind: 'arm' as const, arm, backend: arm, need: 'veritysetup', reason: 'not installed' },
      ...more,
    });
    const here = [skip('a'), skip('b', { image: 'made' }), skip('c', { image: 'other' })];
    assert.equal(
      reasonsIn({ skipped: here })['dm-verity'],
      'no backend that was run has it; not run: a: veritysetup: not installed, b on made: veritysetup: not installed',
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((arm) => skip(arm));
    assert.match(reasonsIn({ skipped: many })['dm-verity']!, /c: veritysetup: not installed, 2 more$/);
  });
});

test('a null arm has no column, and a run without attacks no table', () => {
  assert.deepEqual(view([{ scenario: 'churn', count: { 'erofs-overlay': { x: 1 } } }]).tampering, []);
  const twice = view([
    enforced('nothing', { 'erofs-overlay': { mode: 'Served' }, null: { mode: 'Served' } }),
  ]);
  assert.deepEqual(headsOf(twice), ['erofs-overlay: nothing']);
});

describe('the table in every form', () => {
  test('page: marks with words, reasons beside them, hostile names as text', () => {
    const page = tamperingSection(KERNEL).markup;
    assert.match(
      page,
      /<td class="ok"><span aria-hidden="true">✓<\/span> <span class="sr">refused at <\/span>mount<\/td>/,
    );
    assert.match(page, /<td class="wrong"><span aria-hidden="true">✗<\/span> served<\/td>/);
    assert.match(page, /<th scope="row" title="[^"]+">set-user-id bit<\/th>/);
    assert.match(page, /<dt>forged as a whole: erofs-overlay-verity, fs-verity of objects<\/dt>/);
    const hostile = enforced('nothing', { '<b>erofs': { mode: 'Served' } });
    assert.doesNotMatch(tamperingSection(view([hostile])).markup, /<b>erofs/);
    assert.equal(tamperingSection(view([])).markup, '');
    const computed = tamperingSection(view([COMPUTED])).markup;
    assert.match(computed, /<td class="text"><span aria-hidden="true">≈<\/span> noticed<\/td>/, 'not green');
    assert.doesNotMatch(computed, /`/);
  });

  test('mail: ASCII of at most 75 columns, a letter for each cell and what it means', () => {
    const lines = tamperLines(KERNEL.tampering[0]!, 74);
    assert.ok(
      lines.every((line) => line.length <= 74 && /^[\x20-\x7e]*$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(lines.includes('set-user-id bit           x  x  x  M  x'), lines.join('\n'));
    assert.ok(lines.some((line) => line.includes('M refused at mount')));
    assert.match(mailOf(KERNEL), /== Attacks on images ==\n/);
    assert.ok(mailOf(KERNEL).split('\n').length <= 82);
    assert.match(mailOf(KERNEL, { long: true }), /^Attacks on images, and where each ends\n=+\n/m);
    // What nothing refuses needs no table in a mail that must be short.
    assert.doesNotMatch(mailOf(view([COMPUTED])), /Attacks on images/);
  });

  test('mail: more columns than a line has stand below each other', () => {
    const arms = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`backend-${i}`, { mode: 'Served' }]),
    );
    const lines = tamperLines(view([enforced('nothing', arms)]).tampering[0]!, 74);
    assert.ok(
      lines.every((line) => line.length <= 74),
      lines.join('\n'),
    );
    assert.equal(lines.filter((line) => line.startsWith('set-user-id bit')).length, 2);
  });

  test('terminal, Markdown and CSV', () => {
    assert.match(terminalOf(KERNEL), /Attacks on made, and where each ends:\n/);
    assert.match(runMarkdown(KERNEL), /<details><summary>Attacks on made, and where each ends; not tried: /);
    const csv = tamperCsv(KERNEL).split('\n');
    assert.equal(csv[0], 'run,kernel,image,backend,level,checked_by,attack,outcome,reason');
    assert.ok(
      csv.some((line) => /,erofs-overlay-verity,fs-verity of objects,.*,device,refused at read,$/.test(line)),
    );
    assert.ok(csv.some((line) => /,,dm-verity,,,not tried,/.test(line)));
  });

  test('kernels side by side: a table for each level', () => {
    const older = view([enforced('nothing', { 'erofs-overlay': { mode: 'Served' } })], {
      skipped: [
        {
          ...{ kind: 'scenario' as const, scenario: 'enforced', params: { level: 'files' } },
          ...{ need: 'fs-verity', reason: 'EOPNOTSUPP' },
        },
      ],
    });
    const tables = tamperTables([older.tampering, KERNEL.tampering]);
    const files = tables.find(({ title }) => title === 'Attacks: fs-verity of objects')!;
    const row = files.rows.find(({ label }) => label === 'erofs-overlay-verity: byte of a file')!;
    assert.deepEqual(
      row.cells.map(({ text, detail, kind }) => [text, detail, kind]),
      [
        ['-', 'fs-verity: EOPNOTSUPP', 'absent'],
        ['refused at change', '', 'yes'],
      ],
    );
  });

  test('kernels side by side: an attack that is served on any image is shown as served', () => {
    const onImages = (...endings: readonly string[]): ReportView => {
      const images = endings.map((_, at) => ({ name: `image-${at}` }));
      const groups = endings.map((ending, at) => ({
        ...enforced('nothing', { 'erofs-overlay': { mode: ending } }),
        image: `image-${at}`,
      }));
      return view(groups, { images });
    };
    const runs = [onImages('AtMount', 'Served'), onImages('Served', 'Served')];
    const tables = tamperTables(runs.map(({ tampering }) => tampering));
    const row = tables
      .find(({ title }) => title === 'Attacks: nothing')!
      .rows.find(({ label }) => label === 'erofs-overlay: set-user-id bit')!;
    assert.deepEqual(
      row.cells.map(({ text, detail, kind }) => [text, detail, kind]),
      [
        ['refused at mount; served', 'images differ', 'no'],
        ['served', '', 'no'],
      ],
    );
  });

  test('kernels side by side: an attack that is served in any pass is shown as served', () => {
    const cellsOf = (...endings: readonly string[]) => {
      const odd = view([enforced('nothing', { 'erofs-overlay': { mode: endings } })]);
      const [table] = tamperTables([odd.tampering]);
      return table!.rows.flatMap(({ cells }) => cells.map(({ text, kind }) => [text, kind]));
    };
    assert.deepEqual(cellsOf('Served', 'AtRead', 'Served'), [['passes differ: read, served', 'no']]);
    assert.deepEqual(cellsOf('AtOpen', 'AtRead', 'AtOpen'), [['passes differ: open, read', 'plain']]);
  });
});
