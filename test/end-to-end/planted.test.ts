// Verdicts change with the machine: the two fastest of the planted changes. `npm run check:planted` runs all of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needsRoot } from '../harness/sys/support.ts';
import { plants } from '../planted/plants.ts';
import { loadView } from '../report/support/load-view.ts';
import { diskFolder, leftOf, start } from './support.ts';

const MAIN = fileURLToPath(new URL('../planted/planted-main.js', import.meta.url));
const QUICK = ['C4', 'C8'];

for (const { claim, id, what, asks, planted } of plants.filter((plant) => QUICK.includes(plant.claim)))
  test(`${claim} is supported on this machine, and not where ${what}`, { skip: needsRoot }, async (t) => {
    const home = diskFolder(t);
    const verdict = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const out = join(home, `results-${Object.values(env).join('')}`);
      const argv = [process.execPath, MAIN, 'run', ...asks, '--budget', '9m', '--out', out];
      const { code, stderr } = await start(t, argv, env).done;
      assert.equal(code, 0, stderr);
      return (await loadView(out)).claims.find((one) => one.id === claim)!.verdict;
    };
    const usual = await verdict({});
    // Not every machine can run the scenario.
    if (usual === 'not testable') return t.skip('the scenario cannot run here');
    assert.equal(usual, 'supported');
    const turned = await verdict({ PLANTED: id });
    assert.ok(
      planted.some((one) => one === turned),
      turned,
    );
    assert.deepEqual(leftOf(home), []);
  });
