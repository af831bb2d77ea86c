// Arms: backends with options, and the baseline a second time under the name `null`.
import { own } from '../../results/own.ts';
import type { Backend } from '../model/backend.ts';
import { UserError } from '../model/errors.ts';
import { publishedArguments } from './published-path.ts';

/** Suffix of the second of two equal arms. */
export const AGAIN = '#2';

export interface Arm {
  /** As it was written on the command line, with paths as they are published: ids are in every result. */
  readonly id: string;
  readonly backend: Backend;
  readonly options: Readonly<Record<string, string>>;
}

const parseOptions = (spec: string, backend: Backend, text: string): Record<string, string> => {
  const options: Record<string, string> = {};
  for (const pair of text.split(',').filter((part) => part !== '')) {
    const [key = '', value] = pair.split(/=(.*)/s);
    const allowed = own(backend.options, key);
    if (value === undefined || allowed === undefined || (allowed.length > 0 && !allowed.includes(value)))
      throw new UserError(`invalid backend option in '${spec}'`, {
        facts: [
          `option: ${pair}`,
          `options of ${backend.id}: ${
            Object.entries(backend.options)
              .map(([name, values]) => `${name}=${values.join('|') || name.toUpperCase()}`)
              .join(', ') || 'none'
          }`,
        ],
        hint: 'cfsbench list',
      });
    options[key] = value;
  }
  return options;
};

/** `backend` or `backend@key=value,key=value`; semicolons where commas separate arms. */
const parseArm = (spec: string, published: string, backends: readonly Backend[]): Arm => {
  const [id = '', rest = ''] = spec.split(/@(.*)/s);
  const backend = backends.find((candidate) => candidate.id === id);
  if (backend === undefined)
    throw new UserError(`unknown backend '${spec}'`, {
      facts: [`backends: ${backends.map((known) => known.id).join(', ')}`],
      hint: 'cfsbench list',
    });
  const options = parseOptions(spec, backend, rest.replaceAll(';', ','));
  backend.checkOptions?.(options);
  return { id: published, backend, options };
};

export const parseArms = (
  specs: readonly string[],
  backends: readonly Backend[],
  cwd = process.cwd(),
): readonly Arm[] => {
  const ids = publishedArguments(specs, cwd);
  return specs.map((spec, i) => parseArm(spec, ids[i]!, backends));
};
