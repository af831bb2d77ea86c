// Privileges are used in one place, which a document names; no shell gets a string that was made from input.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from '../../harness/cli/program.ts';
import { CODE_FOLDERS, read, sourcesIn } from './sources.ts';

const sources = CODE_FOLDERS.flatMap((folder) => sourcesIn(folder));
const named = new Set(
  [...read('docs/privileges.md').matchAll(/`((?:harness|daemon)\/[\w./-]+)`/g)].map(([, path]) => path!),
);

/** The lines of the head that say what a module needs. */
const needsOf = (path: string): string =>
  /^\/\/ Needs: (.*(?:\n\/\/ {5,}.*)*)/m.exec(read(path))?.[1]?.replace(/\n\/\/ +/g, ' ') ?? '';

const PRIVILEGE = /\broot\b|\bCAP_|memory controller/;

test('docs/privileges.md names every module of harness/sys that needs a privilege', () => {
  const needing = sourcesIn('harness/sys').filter((path) => PRIVILEGE.test(needsOf(path)));
  assert.ok(needing.length > 10);
  assert.deepEqual(
    needing.filter((path) => !named.has(path)),
    [],
  );
});

test('docs/privileges.md has every command in the table of what helps it and what it writes', () => {
  const [, rows = ''] = /^\| command \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(read('docs/privileges.md'))!;
  const cells = rows.replace(/^\| ([^|]*)\|.*$/gm, '$1');
  const words = [...cells.matchAll(/`([a-z]+)[^`]*`/g)].map(([, word]) => word);
  assert.deepEqual(
    program()
      .commands.map((command) => command.name())
      .filter((name) => !words.includes(name)),
    [],
  );
});

/** Modules that use a privilege by themselves, and not through `harness/sys`. */
const DIRECT = /\/proc\/sys\/|\/sys\/kernel|\/dev\/(?:kmsg|loop-control|fuse)\b|\bSYS_bpf\b/;

test('files that only root may use are opened in harness/sys alone', () => {
  const code = (path: string): string => read(path).replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
  const quotesOf = (path: string): string =>
    (code(path).match(/'[^'\n]*'/g) ?? []).filter((text) => /^'\//.test(text)).join();
  assert.deepEqual(
    sources.filter((path) => !path.startsWith('harness/sys/') && DIRECT.test(quotesOf(path))),
    [],
  );
});

test('no shell gets a string that was made from input', () => {
  for (const path of sources) {
    const text = read(path);
    assert.doesNotMatch(text, /\bshell: *true|[^.\w](?:exec|execSync)\(/, path);
    for (const [, script = ''] of text.matchAll(/'-[a-z]*c',\s*([^\s,\]]+)/g)) {
      const isLiteral = /^'/.test(script);
      const declared = new RegExp(`^const ${script} =\\s*(['\`])((?:(?!\\1)[\\s\\S])*)\\1;`, 'm').exec(
        text,
      )?.[2];
      assert.ok(isLiteral || (declared !== undefined && !declared.includes('${')), `${path}: -c ${script}`);
    }
  }
});
