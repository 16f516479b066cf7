import type { DrillPlay } from '#shared/api-client/api-types.ts';
import type { Example } from './working.ts';

type Turn = DrillPlay['turns'][number];
type Expected = Example['turns'][number]['expect'];

const expected = (outcome: Turn['outcome']): Expected | null =>
  outcome === 'started' || outcome === 'reminded' ? null : outcome;

/** A conversation as an example of how it is to go from now on. Waits are none of the texts of a person, and left out. */
export function exampleOf(
  { turns }: Pick<DrillPlay, 'turns'>,
  { language, name, person }: { name: string; language: string; person: string },
): Example {
  return {
    name,
    language,
    ...(person.trim() === '' ? {} : { callMe: person.trim() }),
    answers: {},
    turns: turns.flatMap(({ outcome, said }) => {
      const expect = expected(outcome);
      return said === null || expect === null ? [] : [{ says: said, expect, hears: [] }];
    }),
    completes: turns.some(({ completed }) => completed),
  };
}

/** A name that no other example has. */
export function freeName(examples: readonly Pick<Example, 'name'>[], like: string): string {
  const taken = new Set(examples.map(({ name }) => name));
  if (!taken.has(like)) return like;
  for (let n = 2; ; n += 1) if (!taken.has(`${like} ${n}`)) return `${like} ${n}`;
}
