// Commands and sample output of the README are those of this program.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';
import { backends } from '../../harness/backends/registry.ts';
import { profiles } from '../../harness/cli/profile.ts';
import { program } from '../../harness/cli/program.ts';
import { shortName } from '../../report/format.ts';
import { paramsKey } from '../../results/compare/tally.ts';
import { scenarios } from '../../scenarios/registry.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const fences = [...readme.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, body = '']) => body);

const commandLines = fences
  .flatMap((body) => body.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line.startsWith('npm '));

/** The error in a command line, or null. */
const faultOf = (words: readonly string[]): string | null => {
  const commands: readonly Command[] = program().commands;
  const named = commands.find((command) => command.name() === words[0]);
  const command = named ?? commands.find((candidate) => candidate.name() === 'run')!;
  if (named === undefined && words[0] !== undefined && !words[0].startsWith('-'))
    return `no command ${words[0]}`;
  const options = words.filter((word) => word.startsWith('-') && word !== '--help');
  const unknown = options.find(
    (option) => !command.options.some(({ long, short }) => [long, short].includes(option)),
  );
  return unknown === undefined ? null : `${command.name()} has no option ${unknown}`;
};

test('every npm command of the README exists, with its options', () => {
  assert.ok(commandLines.length > 5);
  for (const line of commandLines) {
    const [before = '', after = ''] = line.split(' -- ');
    const [, verb = '', script = ''] = before.split(' ');
    assert.ok(Object.hasOwn(scripts, verb === 'run' ? script : verb), line);
    if (after !== '') assert.equal(faultOf(after.split(' ')), null, line);
  }
});

test('an unknown option or command is found', () => {
  assert.equal(faultOf(['run', '--faster']), 'run has no option --faster');
  assert.equal(faultOf(['fly']), 'no command fly');
});

test('the README begins with the one command and the table it prints', () => {
  assert.equal(fences[0], 'npm run bench\n');
  // The first table has the headline backends; the checkouts follow after an empty line.
  const [table = ''] = (fences[1] ?? '')
    .split(/^.*blocks\n\n/m)
    .at(-1)!
    .split('\n\n');
  const [head = '', ...sections] = `${table}\n`.split(
    /^(?=[a-z]+(?:-[a-z]+)*(?:, [a-z=-]+(?: [a-z=-]+)*)?$)/m,
  );
  const heading = head.replaceAll(/\s+/g, ' ');
  for (const { id } of backends.filter(({ answers }) => answers === undefined))
    for (const word of id.split('-')) assert.ok(heading.includes(word), `${id} has a column`);
  assert.match(heading, /null $/);
  const inDefault = profiles.find(({ id }) => id === 'default')!.scenarios;
  const wanted = scenarios
    .filter(
      ({ id, headline, ownSection }) => headline.length > 0 && ownSection !== true && inDefault.includes(id),
    )
    .flatMap(({ id, params, headline }) =>
      params.map((one) => ({
        title: [id, paramsKey(one)].filter((part) => part !== '').join(', '),
        labels: headline.map(shortName),
      })),
    );
  const found = sections.map((section) => {
    const [title = '', ...rows] = section.split('\n');
    return { title, labels: rows.flatMap((row) => /^ +(null cmd|\S+) /.exec(row)?.[1] ?? []) };
  });
  // A section has the rows for which its parameters give a value, in the common order.
  assert.deepEqual(
    found.map(({ title, labels }) => ({
      title,
      labels: wanted.find((one) => one.title === title)?.labels.filter((label) => labels.includes(label)),
    })),
    found,
  );
  assert.deepEqual(found.map(({ title }) => title).sort(), wanted.map(({ title }) => title).sort());
  assert.equal(found[0]!.title, 'churn, local=files', 'the state that the debate is about is first');
  const rows = (all: typeof found): readonly string[] =>
    [
      ...new Set(
        all.flatMap(({ title, labels }) => labels.map((label) => `${title.split(',')[0]} ${label}`)),
      ),
    ].sort();
  assert.deepEqual(rows(found), rows(wanted));
});

test('every picture of the README is a PNG file', () => {
  const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
  assert.equal(pictures.length, 2);
  for (const path of pictures)
    assert.equal(readFileSync(new URL(path, ROOT)).subarray(1, 4).toString('latin1'), 'PNG', path);
});
