/** How a stage ended: its exit code (null: by a signal), and everything that it printed. */
export interface Ended {
  code: number | null;
  output: string;
}

/** How many lines of a red stage stand at the end once more: some failures of mocha, each with its stack. */
const LAST_LINES = 60;

/** Stages of a row run one after the other, rows of a phase beside each other, phases one after the other. */
export type Phase = readonly (readonly string[])[];

/**
 * Runs stages. A red one ends no other. What a stage prints comes when it ends, all of it together. At the end stand the last
 * lines of each red one once more, since whoever reads a log from its end, or has only that, looks for them there; and a line
 * for each says how it went and how long it took. Resolves with whether all went well.
 */
export async function runStages(
  phases: readonly Phase[],
  run: (stage: string) => Promise<Ended>,
  print: (text: string) => void,
  nowMs: () => number,
): Promise<boolean> {
  const results = new Map<string, { code: number | null; ms: number; lastLines: string }>();
  const runRow = async (row: readonly string[]): Promise<void> => {
    for (const stage of row) {
      const begunMs = nowMs();
      const { code, output } = await run(stage);
      const said = output.trimEnd();
      const lastLines = said.split('\n').slice(-LAST_LINES).join('\n');
      results.set(stage, { code, ms: nowMs() - begunMs, lastLines });
      print(`\n=== ${stage}\n${said}\n`);
    }
  };
  for (const rows of phases) await Promise.all(rows.map(runRow));
  for (const [stage, { code, lastLines }] of results)
    if (code !== 0) print(`\n=== ${stage} once more, which FAILED: its last lines\n${lastLines}\n`);
  print('');
  for (const stage of phases.flat(2)) {
    const { code, ms } = results.get(stage) ?? { code: null, ms: 0 };
    const word =
      code === 0 ? 'passed' : `FAILED (${code === null ? 'ended by a signal' : `exit code ${code}`})`;
    print(`${stage.padEnd(12)} ${(ms / 1_000).toFixed(0).padStart(5)} s  ${word}`);
  }
  return [...results.values()].every(({ code }) => code === 0);
}
