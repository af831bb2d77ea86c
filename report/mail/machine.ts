// The machine in a mail, with the caveats that a subscriber asks for: journal, discard, hypervisor, load.
import { diskText } from '../finding/machine.ts';
import { fleetText } from '../fleet/machine.ts';
import { formatBytes } from '../format.ts';
import type { ReportView } from '../view.ts';
import { fact } from './parts.ts';

const loadText = ({ environment, caveats }: ReportView): string => {
  const average = environment.loadAverage.map((load) => load.toFixed(2)).join(' ');
  const noise = caveats.flatMap(({ id, severity, text }) =>
    severity === 'noise' && id !== 'kernel' ? [text] : [],
  );
  return `${average} at the start; ${noise.length === 0 ? 'no other load was noticed' : noise.join('; ')}`;
};

/** Settings of the CPU, such as the governor. Journal and discard are said with the disk. */
const settings = ({ caveats }: ReportView): readonly string[] =>
  caveats
    .filter(({ id, severity }) => severity === 'note' && id !== 'discard' && id !== 'no-journal')
    .map(({ text }) => text);

export const machineLines = (view: ReportView): readonly string[] => {
  const { environment, caveats } = view;
  const { cpuCount, cpuModel, memoryBytes, virtualization } = environment;
  const host = virtualization === null ? 'not virtual' : `virtual (${virtualization})`;
  const fleet = fleetText(view);
  return [
    ...fact('machines', fleet === null ? '' : `${fleet}; what follows is that of the first`),
    ...fact('machine', `${cpuCount} x ${cpuModel}, ${formatBytes(memoryBytes)}, ${host}`),
    ...fact('kernel', `${environment.kernel} ${environment.architecture}, ${environment.distribution}`),
    ...fact('disk', diskText(environment, caveats)),
    ...fact('load', loadText(view)),
    ...fact('kernel log', caveats.find(({ id }) => id === 'kernel')?.text ?? ''),
    ...fact('note', settings(view).join('; ')),
  ];
};
