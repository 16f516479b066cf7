import { evaluateEverythingOn, evaluateFanOut, evaluateStack } from './stacks.ts';

/**
 * Mocha's global setup: the evaluations that nearly every file asks for begin while the first tests run, one after the other.
 * Nobody waits here. One that fails tells whoever asks for it.
 */
export function mochaGlobalSetup(): void {
  const wanted = [
    evaluateFanOut('prod'),
    evaluateStack('prod'),
    evaluateStack('dev'),
    evaluateEverythingOn(),
  ];
  for (const evaluation of wanted) evaluation.catch(() => undefined);
}
