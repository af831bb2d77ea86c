// A shell script that submits a job array and the job that pools its runs. Source: sbatch(1).
import { shellLine } from '../../results/shell-line.ts';
import {
  type FleetOptions,
  fleetFile,
  fleetPlan,
  hereDocument,
  joinScript,
  openResults,
  plainName,
  replicateScript,
} from './fleet-plan.ts';

const PASSED_ON = ['partition', 'account', 'nodelist', 'time'] as const;

/** `--nodelist` is for the replicates only: the report needs no node of its own. */
const passedOn = (options: FleetOptions, names: readonly (typeof PASSED_ON)[number][]): readonly string[] =>
  names.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`--${name}=${plainName(`--${name}`, value)}`];
  });

export const slurmScript = (words: readonly string[], options: FleetOptions): string => {
  const plan = fleetPlan(words, options);
  const program = shellLine([plan.program]);
  const count = plan.replicates.length;
  const array = `--array=1-${count}${options.nodes === undefined ? '' : `%${options.nodes}`}`;
  const ofTasks = shellLine(passedOn(options, PASSED_ON));
  const ofJoin = shellLine(passedOn(options, ['partition', 'account']));
  return `#!/bin/sh
# ${count} replicates of one plan with Slurm, written by cfsbench fleet slurm. Start it where sbatch is: sh FILE
${openResults(plan, ['sbatch'])}
# If nothing was submitted, this script can be started again.
trap 'rm -f fleet.json' EXIT
${hereDocument('fleet.json', fleetFile(plan))}
${hereDocument('replicate.sh', replicateScript(plan, program))}
${hereDocument('join.sh', joinScript(program))}
# One task for each replicate, alone on its node. A task whose node failed is not started again: its run is missing, and the report says so.
# shellcheck disable=SC2016  # expanded in the task
array=$(sbatch --parsable --job-name=cfsbench ${array} --nodes=1 --ntasks=1 --exclusive \\
  --no-requeue --output=slurm-%a.log ${ofTasks === '' ? '' : `${ofTasks} `}--wrap='sh ./replicate.sh "$SLURM_ARRAY_TASK_ID"')
trap - EXIT
array=\${array%%;*}
# afterany, not afterok: after a failed task a job with afterok would never start.
join=$(sbatch --parsable --job-name=cfsbench-join --dependency=afterany:"$array" --nodes=1 --ntasks=1 \\
  --output=join.log ${ofJoin === '' ? '' : `${ofJoin} `}--wrap='sh ./join.sh') || {
  echo "job $array runs the replicates, but no job reports them. When it has ended: sh join.sh, in $results" >&2
  exit 1
}
echo "replicates: job $array; report: job \${join%%;*}, in $results/report.html and join.log"
`;
};
