// A run as a mail to a list: set-up and commands before the first number, what was not measured after the last one.

import { observedLines } from '../terminal/observed.ts';
import { legend, tableBlock } from '../terminal.ts';
import type { ReportView } from '../view.ts';
import { claims } from './claims.ts';
import { counts } from './counts.ts';
import { leftOut, problems } from './left-out.ts';
import { listing } from './listing.ts';
import { COLUMNS, mailText } from './safe.ts';
import { backends, commands, images, setUp } from './set-up.ts';
import { type Lines, paragraph, section } from './words.ts';

const verdicts = (view: ReportView): Lines => {
  const [first, ...others] = view.tables;
  if (first === undefined) return [];
  const combined = others.filter(({ image }) => image === null);
  return [
    ...[first, ...combined].flatMap((table) => tableBlock(view, table, COLUMNS)),
    ...paragraph(legend(view)),
  ];
};

const proofs = ({ proofs: all }: ReportView): Lines => {
  if (all.length === 0) return [];
  const equal = all.filter((proof) => proof.equal).length;
  return [
    '',
    ...paragraph(
      `Before anything was timed, ${equal} of ${all.length} mounts were shown to hold the image's own tree.`,
    ),
  ];
};

export const mailOf = (view: ReportView): string =>
  mailText([
    ...paragraph(view.finding),
    ...section('What to know first', problems(view)),
    ...section('Set-up', setUp(view)),
    ...section('Images', [
      ...images(view),
      ...(view.images.some(({ contents }) => contents === 'synthetic')
        ? ['', ...paragraph('*: names, sizes and attributes are real, contents are synthesised.')]
        : []),
    ]),
    ...section('Backends', [...backends(view), ...proofs(view)]),
    ...section('Commands', commands(view)),
    ...section('Listing everything (ls -lR), median', listing(view)),
    ...section('Times and verdicts', verdicts(view)),
    ...section('Claims on trial', claims(view.claims)),
    ...section('Counts', counts(view)),
    ...section('Observed, not timed', observedLines(view, COLUMNS).slice(1)),
    ...section('Not measured', leftOut(view)),
  ]);
