// Prints docs/licences.md: every package of package-lock.json with its version and licence.
//
//   node scripts/make-licences.mjs >docs/licences.md
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

/** `*`: one package per platform. */
const nameOf = (path, os = []) => {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return os.length === 0 ? name : name.replace(new RegExp(`-${os[0]}.*`), '-*');
};

/** Sorted and distinct. */
const rowsOf = (isChosen) => {
  const rows = Object.entries(packages)
    .filter(([path, one]) => path !== '' && isChosen(one))
    .map(([path, { version, license, os }]) => `| ${nameOf(path, os)} | ${version} | ${license} |`);
  return [...new Set(rows)].sort();
};

const table = (isChosen) =>
  ['| package | version | licence |', '|---|---|---|', ...rowsOf(isChosen)].join('\n');

process.stdout.write(`# Licences

cfsbench is under the licence in [LICENSE](../LICENSE). It uses these npm packages, none of which is part of its repository. Made by
\`scripts/make-licences.mjs\` from \`package-lock.json\`; \`*\` stands for one package per platform.

## When cfsbench runs

\`chart.js\` is also part of every HTML report, with its copyright notice.

${table(({ dev }) => dev !== true)}

## When cfsbench is built and tested

${table(({ dev }) => dev === true)}
`);
