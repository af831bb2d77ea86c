// A GitHub Actions workflow. Values are JSON strings, which are YAML too; expressions of GitHub in them are refused.
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { type FleetOptions, fleetFile, fleetPlan, plainName, replicateScript } from './fleet-plan.ts';

const DEFAULT_RUNNERS = ['ubuntu-24.04'];
/** GitHub's limit of jobs in one matrix. */
const MOST_JOBS = 256;
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/;

/** As root, with the Node of the set-up. */
const PROGRAM = 'sudo env "PATH=$PATH" node "$GITHUB_WORKSPACE/cfsbench/build/harness/cli/main.js"';

const refuseExpression = (text: string): void => {
  if (!text.includes('${{')) return;
  throw new UserError(`GitHub would evaluate this: ${visible(text)}`, {
    hint: 'remove ${{ from the options',
  });
};

const repositoryOf = (repository: string): string => {
  if (REPOSITORY.test(repository)) return repository;
  throw new UserError(`--repository must be OWNER/NAME: ${visible(repository)}`);
};

const indented = (text: string, columns: number): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(columns)}${line}`))
    .join('\n');

const checkoutStep = ({ repository, ref }: FleetOptions): string => {
  const lines = [
    ...(repository === undefined ? [] : [`repository: ${JSON.stringify(repositoryOf(repository))}`]),
    ...(ref === undefined ? [] : [`ref: ${JSON.stringify(plainName('--ref', ref))}`]),
    'path: cfsbench',
  ];
  return `      - uses: actions/checkout@v4
        with:
${indented(lines.join('\n'), 10)}
      - uses: actions/setup-node@v4
        with:
          node-version: 20`;
};

const jobsOf = (runners: readonly string[], perRunner: number): readonly string[] => {
  if (runners.length === 0)
    throw new UserError('--runners names no runner', { hint: `--runners ${DEFAULT_RUNNERS.join(',')}` });
  const numbered = runners.flatMap((runner) => Array.from({ length: perRunner }, () => runner));
  if (numbered.length > MOST_JOBS)
    throw new UserError(`${numbered.length} jobs: GitHub makes at most ${MOST_JOBS} of one matrix`, {
      hint: 'fewer --replicates or --runners',
    });
  return numbered.map(
    (runner, index) => `{ number: ${index + 1}, runner: ${JSON.stringify(plainName('--runners', runner))} }`,
  );
};

/** `--replicates` counts runs on each kind of runner. */
export const matrixWorkflow = (words: readonly string[], options: FleetOptions): string => {
  if (options.program !== undefined)
    throw new UserError('--program has no meaning for a matrix, which builds cfsbench on each runner', {
      hint: 'cfsbench fleet matrix without --program',
    });
  const jobs = jobsOf(options.runners ?? DEFAULT_RUNNERS, options.replicates);
  const plan = fleetPlan(words, { ...options, replicates: jobs.length });
  for (const word of plan.words) refuseExpression(word);
  return `# ${jobs.length} replicates of one plan, written by cfsbench fleet matrix.
name: cfsbench fleet
on:
  workflow_dispatch:
permissions:
  contents: read
jobs:
  replicate:
    name: replicate \${{ matrix.number }} on \${{ matrix.runner }}
    runs-on: \${{ matrix.runner }}
    strategy:
      # A failed replicate does not end the others.
      fail-fast: false
      matrix:
        include:
${indented(jobs.map((job) => `- ${job}`).join('\n'), 10)}
    steps:
${checkoutStep(options)}
      - name: Set up
        working-directory: cfsbench
        run: sudo env "PATH=$PATH" npm run setup
      - name: Run
        env:
          NUMBER: \${{ matrix.number }}
        run: |
          mkdir fleet
          cd fleet
          cat >replicate.sh <<'END_OF_CFSBENCH_TEXT'
${indented(replicateScript(plan, PROGRAM), 10)}
          END_OF_CFSBENCH_TEXT
          sh ./replicate.sh "$NUMBER"
      - name: Give the results to this user
        if: always()
        run: sudo chown -R "$(id -u):$(id -g)" fleet
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: replicate-\${{ matrix.number }}
          # private.json holds options as they were typed.
          path: |
            fleet/*
            !fleet/*/private.json
            !fleet/replicate.sh
  join:
    # Also after failed replicates: the report names them.
    if: always()
    needs: replicate
    runs-on: ubuntu-24.04
    steps:
${checkoutStep(options)}
      - uses: actions/download-artifact@v4
        with:
          path: fleet
          pattern: replicate-*
          merge-multiple: true
      - name: Build
        working-directory: cfsbench
        run: npm run build
      - name: Pool
        run: |
          mkdir -p fleet
          cd fleet
          cat >fleet.json <<'END_OF_CFSBENCH_TEXT'
${indented(fleetFile(plan), 10)}
          END_OF_CFSBENCH_TEXT
          pool() { node "$GITHUB_WORKSPACE/cfsbench/build/harness/cli/main.js" pool --expect fleet.json "$@"; }
          pool --format html --out report.html || true
          pool --format markdown --out report.md || true
          # Without any complete run there is no report.
          [ ! -e report.md ] || cat report.md >>"$GITHUB_STEP_SUMMARY"
          pool
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: fleet
          path: fleet
`;
};
