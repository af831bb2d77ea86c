/** Where runs go that name no other folder. */
export const RUNS = 'runs';
