import { evaluateEverythingOn, evaluateFanOut, evaluateStack } from './stacks.ts';

/** Evaluations under way beside what the tests do: each keeps a core busy. */
const AT_ONCE = 2;

/**
 * Mocha's global setup: the evaluations that nearly every file asks for begin while the first tests run. Nobody waits
 * here. One that fails tells whoever asks for it.
 */
export function mochaGlobalSetup(): void {
  const wanted = [
    () => evaluateFanOut('prod'),
    () => evaluateStack('prod'),
    () => evaluateStack('dev'),
    () => evaluateEverythingOn(),
  ];
  const next = async (): Promise<void> => {
    for (let one = wanted.shift(); one !== undefined; one = wanted.shift()) {
      await one().catch(() => undefined);
    }
  };
  for (let i = 0; i < AT_ONCE; i += 1) void next();
}
