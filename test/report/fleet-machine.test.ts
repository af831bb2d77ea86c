// A fleet is described by its machines and kernels, and never by its first machine without saying so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { analyse } from '../../report/analysis.ts';
import { kernelsOf } from '../../report/fleet/machine.ts';
import { figuresOf, pageData } from '../../report/html/figures.ts';
import { mailOf } from '../../report/mail/mail.ts';
import { runMarkdown } from '../../report/markdown/run.ts';
import { htmlOf } from '../../report/render.ts';
import { tamperCsv } from '../../report/tampering/csv.ts';
import { LEVELS } from '../../report/tampering/words.ts';
import type { ReportView } from '../../report/view.ts';
import { pooled, type StoredRun } from '../results/pool/stored-runs.ts';
import { exampleRun } from './support/example.ts';

const KERNELS = ['6.12.1 #1 SMP', '6.18.44 #2 SMP', '6.18.44 #2 SMP'];

const runOn = (machine: number): StoredRun => {
  const made = exampleRun({ seed: 1 + machine, images: ['one'], blocks: 8 });
  return {
    run: {
      ...made.run,
      id: `machine-${machine}`,
      host: `machine-${machine}`,
      startedAt: `2026-01-15T${10 + machine}:00:00.000Z`,
      environment: { ...made.run.environment, kernel: KERNELS[machine]! },
      plan: { ...made.run.plan, seed: String(machine) },
    },
    samples: made.samples,
  };
};

const viewOn = async (machines: readonly number[]): Promise<ReportView> => {
  const { run, tallied, pool } = await pooled(machines.map(runOn));
  return analyse(run, tallied, { pool });
};

const TEXT = '3 machines, kernels 6.12.1 and 6.18.44';

test('page, pictures, mails and comment name the machines and kernels of a fleet', async () => {
  const view = await viewOn([0, 1, 2]);
  const page = htmlOf(view);
  const facts = /<p class="facts">.*?<\/p>/s.exec(page)![0];
  assert.ok(facts.includes(`<span>${TEXT}</span>`), facts);
  assert.doesNotMatch(facts, /Linux|CPU/);
  assert.match(
    page,
    new RegExp(
      `<h2 id="environment">Environment</h2>\n<p>${TEXT}\\. This section is that of the first machine; `,
    ),
  );
  const { machine } = pageData(view, figuresOf(view));
  assert.ok(machine.startsWith(`${TEXT} · `), machine);
  for (const mail of [mailOf(view), mailOf(view, { long: true })])
    assert.match(mail.replaceAll(/\s+/g, ' '), new RegExp(` machines: ${TEXT}; what follows `));
  const comment = runMarkdown(view);
  assert.ok(comment.includes(`\n${TEXT}; profile `), comment);
  assert.doesNotMatch(comment, /Linux 6/);
  assert.match(comment, /Backends of the same runs are compared/);
  assert.match(page, /from the journals of these runs\./);
  assert.match(page, /<pre>npm run bench -- run .* --seed 0<\/pre>/, 'the seed of one run');
});

test('a run and a pool of one machine name kernel and CPUs as before', async () => {
  for (const view of [await viewOn([0]), { ...(await viewOn([0])), pool: null }]) {
    assert.match(htmlOf(view), /<span>Linux 6\.12\.1 #1 SMP x86_64<\/span>/);
    assert.match(runMarkdown(view), /\nLinux 6\.12\.1 &#35;1 SMP, \d+ × /);
    for (const text of [htmlOf(view), mailOf(view), runMarkdown(view)])
      assert.doesNotMatch(text, /1 machines|of the first machine|machines: /);
  }
});

test('one CPU is not several', async () => {
  const view = await viewOn([0]);
  const one = { ...view, environment: { ...view.environment, cpuCount: 1 } };
  assert.match(htmlOf(one), /<span>1 CPU\b/);
  assert.doesNotMatch(htmlOf(one), /\b1 CPUs/);
});

test('a cell of the table of attacks of a fleet has all its kernels', async () => {
  const view = await viewOn([0, 1, 2]);
  assert.deepEqual(kernelsOf(view), KERNELS.slice(0, 2));
  const tampering: ReportView['tampering'] = [
    {
      image: 'one',
      columns: [{ arm: 'erofs-overlay', level: LEVELS[0]! }],
      rows: [{ attack: 'mode', label: 'mode', what: 'mode', cells: [{ kind: 'served' }] }],
      untried: [],
    },
  ];
  const [row] = parse(tamperCsv({ ...view, tampering }), { columns: true }) as Record<string, string>[];
  assert.equal(row!['kernel'], KERNELS.slice(0, 2).join('; '));
});
