/** Environment variable that the outer process of a run sets for the inner one: how its namespace was made. */
export const INNER = 'CFSBENCH_INNER';
