/**
 * How often a property is tried, of which each try is a story of half a second and more: `usual` times where everything is tested,
 * and CARILLON_RUNS times as often for whoever looks longer (`CARILLON_RUNS=20 npx mocha ...`).
 */
export const runs = (usual: number): number => usual * Number(process.env.CARILLON_RUNS ?? 1);
