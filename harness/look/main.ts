// The child that enters mounts and says what it found: `main.js QUESTION ANSWER`, both files of JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Question } from './questions.ts';
import { seenOf } from './seen.ts';
import { sharingOf } from './sharing.ts';
import { tamper } from './tamper.ts';

const answer = (question: Question): unknown => {
  switch (question.kind) {
    case 'sharing':
      return sharingOf(question.pairs, question.backing);
    case 'tamper':
      return tamper(question.files);
    case 'seen':
      return question.paths.map(seenOf);
  }
};

const [from = '', to = ''] = process.argv.slice(2);
writeFileSync(to, JSON.stringify(answer(JSON.parse(readFileSync(from, 'utf8')) as Question)));
