/** A line of a Dockerfile that puts something into a stage: from the context, or from another stage or image. */
export interface Copy {
  from: string | null;
  sources: readonly string[];
  target: string;
}

/** Name and rest of an instruction. */
export type Instruction = readonly [name: string, rest: string];

/** The instructions of a Dockerfile, in order. It must not continue lines, and writes names of instructions large. */
export const instructionsOf = (dockerfile: string): Instruction[] =>
  dockerfile
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]);

/** The COPY lines among instructions. */
export const copiesOf = (instructions: readonly Instruction[]): Copy[] =>
  instructions.filter(([name]) => name === 'COPY').map(([, rest]) => copyOf(rest));

function copyOf(rest: string): Copy {
  const words = rest.split(/\s+/);
  const from = words[0]?.startsWith('--from=') ? (words.shift()?.slice('--from='.length) ?? null) : null;
  const target = words.pop() ?? '';
  return { from, sources: words, target };
}
