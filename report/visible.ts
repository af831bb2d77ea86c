export { ascii, visible } from '../results/visible.ts';
