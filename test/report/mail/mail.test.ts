import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claims } from '../../../report/claims/registry.ts';
import { byText } from '../../../report/claims/words.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { asciiText } from '../../../report/text.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';

const { run, samples } = exampleRun();

const faults = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(
      (line) =>
        line.length > 75 || /[^\x20-\x7e]/.test(line) || / $/.test(line) || /^(From |>|\.$|-- ?$)/.test(line),
    );

test('a mail is printable ASCII in 75 columns, without lines that mail programs rewrite', () => {
  const text = mailOf(viewOf(run, samples));
  assert.deepEqual(faults(text), []);
  assert.match(text, /[^\n]\n$/);
});

test('a mail has every section, and the walks in milliseconds', () => {
  const text = mailOf(viewOf(run, samples));
  const titles = [...text.matchAll(/^(.+)\n=+$/gm)].map(([, title]) => title);
  for (const title of ['Set-up', 'Images', 'Commands', 'Walks', 'Counts', 'Claims on trial'])
    assert.ok(titles.includes(title), title);
  assert.match(text, /^debian-12-base +\| uncached\(ms\) \| +ratio$/m);
  assert.match(text, /^debian-12-base +\| cached\(ms\) \| +ratio$/m);
  assert.match(text, /^erofs-overlay +\| +[\d.]+ \| +1$/m);
  assert.match(text, /^unpacked-overlay +\| +[\d.]+ \| 1\.\d\d \(\d\.\d\d\.\.\d\.\d\d\)$/m);
  assert.match(text, /cgroup v2 memory controller/);
});

test('the same run gives the same mail', () => {
  assert.equal(mailOf(viewOf(run, samples)), mailOf(viewOf(run, samples)));
});

for (const name of [
  'From the start',
  '> quoted',
  '.',
  '-- ',
  'tab\tand\nFrom a new line',
  `\u001b[31m\u202e${'\u00e9'.repeat(200)}`,
  'x'.repeat(500),
  `${'a '.repeat(100)}From here`,
])
  test(`a mail survives the name ${JSON.stringify(name.slice(0, 20))}`, () => {
    const hostile = exampleRun({ images: [name], blocks: 8, countPasses: 1 });
    const skipped = [{ kind: 'image' as const, image: name, need: name, reason: name }];
    const warnings = [`noise: ${name}`, name];
    const view = viewOf(
      {
        ...hostile.run,
        skipped,
        warnings,
        host: name,
        commandLine: [...hostile.run.commandLine, name],
        plan: { ...hostile.run.plan, dropped: [{ kind: 'text' as const, text: name }] },
        environment: { ...hostile.run.environment, kernel: name, cpuModel: name, tools: { [name]: name } },
      },
      hostile.samples,
    );
    assert.deepEqual(faults(mailOf({ ...view, finding: name })), []);
  });

test('claims have no character that a mail escapes', () => {
  for (const { id, text, rule, objection, answer, by } of claims)
    for (const words of [text, rule, objection, answer, byText(by)])
      assert.doesNotMatch(asciiText(words), /\\u\{/, id);
});
