import fc from 'fast-check';

/** How long a smaller counterexample is looked for, in ms, where nothing else is said. It is long enough for those of pure code. */
const USUAL_MS = 15_000;

type Ran = fc.PreconditionFailure | fc.PropertyFailure | null;

const isFailure = (ran: Ran): boolean => ran !== null && !fc.PreconditionFailure.isFailure(ran);

/**
 * Bounds what a red property costs: once it has failed, smaller counterexamples are looked for so long and no longer. It is red in
 * either case, by the smallest that was found. The look that is under way is waited for. What is green is never cut short.
 */
export const boundedShrinking =
  <Ts>(mostMs = USUAL_MS, now: () => number = () => performance.now()): fc.Plugin<Ts> =>
  () => {
    let until = Infinity;
    const seen = (ran: Ran): Ran => {
      if (until === Infinity && isFailure(ran)) until = now() + mostMs;
      return ran;
    };
    return {
      decorateRun: (run) => (value) => {
        if (now() >= until) return new fc.PreconditionFailure(true);
        const ran = run(value);
        return ran !== null && 'then' in ran ? ran.then(seen) : seen(ran);
      },
    };
  };
