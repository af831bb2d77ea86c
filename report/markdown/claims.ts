// Claims on trial: the decided ones first.
import { askedOf, tallyText, toldText } from '../claims/words.ts';
import type { ClaimView } from '../view.ts';
import { name, prose } from './escape.ts';
import { type Block, folded, row, table } from './fit.ts';

const isDecided = ({ verdict }: ClaimView): boolean => verdict === 'supported' || verdict === 'not supported';

const numberOf = (claim: ClaimView): string => {
  const first = claim.told.find(({ standIn }) => standIn !== true);
  return isDecided(claim) && first !== undefined ? toldText(first) : claim.because;
};

export const claims = (all: readonly ClaimView[]): readonly Block[] => {
  const asked = [...askedOf(all)].sort((a, b) => Number(isDecided(b)) - Number(isDecided(a)));
  if (asked.length === 0) return [];
  return [
    folded(`Claims on trial: ${prose(tallyText(asked))}`, {
      head: table(['claim', 'verdict', 'what it says', 'number or reason']),
      rows: asked.map((claim) =>
        row([name(claim.id), claim.verdict, prose(claim.text), prose(numberOf(claim))]),
      ),
      tail: [],
    }),
  ];
};
