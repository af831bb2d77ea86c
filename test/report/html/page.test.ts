import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { html, scriptJson } from '../../../report/html/html.ts';
import { htmlOf } from '../../../report/render.ts';
import type { Sample, SampleBase } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const withoutOutcome = (sample: Sample): SampleBase => {
  const { outcome: _, ...rest } = sample;
  return Object.fromEntries(
    Object.entries(rest).filter(([key]) => key !== 'values' && key !== 'ledger'),
  ) as unknown as SampleBase;
};

const page = (of: ReturnType<typeof exampleRun>): string => htmlOf(viewOf(of.run, of.samples));

test('interpolated text is escaped, interpolated markup is not', () => {
  assert.equal(
    html`<p title="${'"\'&'}">${'<b>'}${html`<i>${1}</i>`}${null}</p>`.markup,
    '<p title="&quot;&#39;&amp;">&lt;b&gt;<i>1</i></p>',
  );
});

test('JSON in a script element cannot end it', () => {
  const value = { a: '</script><!--<script>', b: '\u2028\u2029&' };
  const text = scriptJson(value);
  assert.match(text, /^[^<>&\u2028\u2029]+$/);
  assert.deepEqual(JSON.parse(text), value);
});

test('the same run gives the same bytes', () => {
  assert.equal(page(exampleRun()), page(exampleRun()));
});

test('a page is made of numbers whose ratio is too large for a number', () => {
  const { run, samples } = exampleRun();
  const huge = samples.map((sample): Sample => {
    if (sample.outcome !== 'ok' || sample.values['walkWallNs'] === undefined) return sample;
    const walkWallNs = sample.arm === 'composefs-fuse' ? 1e308 : 1e-10;
    return { ...sample, values: { ...sample.values, walkWallNs } };
  });
  assert.match(page({ run, samples: huge }), /<h2 id="table"/);
});

test('the policy has the hash of every script and style, and nothing is loaded', () => {
  const text = page(exampleRun());
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)![1]!;
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe/);
  const inline = [...text.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)];
  assert.equal(inline.length, 4);
  for (const [, , source] of inline) {
    const hash = createHash('sha256').update(source!, 'utf8').digest('base64');
    assert.ok(policy.includes(hash), source!.slice(0, 60));
  }
  // A link loads nothing until it is followed.
  const shown = text.replace(/<script>[\s\S]*?<\/script>/g, '').replaceAll(/<a href="https:[^"]*">/g, '');
  assert.doesNotMatch(shown, /(src|href)="(?!#|data:,)/);
});

test('the sections are in reading order', () => {
  const ids = [...page(exampleRun()).matchAll(/<h2 id="(\w+)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, [
    'glance',
    'table',
    'claims',
    'published',
    'scenarios',
    'calls',
    'proofs',
    'images',
    'environment',
    'reproduce',
    'method',
    'problems',
    'glossary',
  ]);
});

test('no line of the finding ends between a number and its unit', () => {
  const [finding = ''] = /<p class="finding">.*?<\/ul>/s.exec(page(exampleRun())) ?? [];
  assert.match(finding, /\d\u00a0(?:µs|ms) with /);
  assert.match(finding, /\d\u00a0% interval/);
  assert.doesNotMatch(finding, /\d (?:ns|us|µs|ms|s|%)(?![a-z])/);
});

test('a run without a measurement renders, with the reason first', () => {
  const { run } = exampleRun();
  const text = htmlOf(viewOf({ ...run, status: 'failed', images: [], proofs: [] }, []));
  assert.match(text, /<p class="finding">Nothing was measured/);
  assert.match(text, /role="alert"><div>The run did not complete: failed\./);
});

test('system calls say in how many passes they were counted, and where these are few', () => {
  const of = exampleRun({ images: ['debian-12-base'] });
  assert.match(page(of), /in 3 counting /);
  assert.doesNotMatch(page(of), /system calls of [^<]* only</);
  const cut = (passes: number): string =>
    page({
      ...of,
      samples: of.samples.filter(
        ({ pass, scenario, block }) => pass === 'time' || scenario !== 'walk-cold' || block < passes,
      ),
    });
  assert.match(cut(2), /in 2 to 3 counting /);
  assert.match(cut(2), /<span>system calls of walk-cold, 2 passes only</);
  assert.match(cut(1), /<span>system calls of walk-cold, 1 pass only</);
});

test('every scenario has a section with the command that repeats it', () => {
  const text = page(exampleRun({ images: ['debian-12-base'] }));
  const sections = [
    ...text.matchAll(/<section class="scenario" data-scenario="([^"]+)">([\s\S]*?)<\/section>/g),
  ];
  assert.deepEqual(
    sections.map(([, scenario]) => scenario),
    ['churn', 'walk-warm', 'walk-cold'],
  );
  for (const [, scenario, section] of sections) {
    const question = exampleRun().run.catalogue.scenarios[scenario!]!.question;
    assert.ok(section!.includes(question), scenario);
    assert.match(
      section!,
      new RegExp(
        `npm run bench -- run --profile default --scenarios ${scenario} --images fixture:debian-12-base --seed 7<`,
      ),
    );
    assert.match(section!, /<canvas id="points-/);
    assert.match(section!, /<canvas id="spread-/);
  }
});

test('the problems of a scenario are in its section', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const broken = samples.map(
    (sample): Sample =>
      sample.scenario === 'walk-cold' &&
      sample.seq === samples.find(({ scenario }) => scenario === 'walk-cold')!.seq
        ? { ...withoutOutcome(sample), outcome: 'failed', phase: 'mount', code: 'EIO', message: 'no luck' }
        : sample,
  );
  const text = page({ run: { ...run, warnings: ['walk-warm: the clock stood still'] }, samples: broken });
  const alertsIn = (scenario: string): readonly string[] =>
    [
      ...new RegExp(`data-scenario="${scenario}">\\n<h3[\\s\\S]*?</section>`)
        .exec(text)![0]
        .matchAll(/<div class="alert">(.*?)<p class="legend"/gs),
    ].map(([, all]) => all!);
  assert.deepEqual(alertsIn('churn'), []);
  assert.match(alertsIn('walk-warm').join(), /the clock stood still/);
  assert.match(alertsIn('walk-cold').join(), /mount: EIO: no luck/);
});
