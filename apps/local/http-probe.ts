import { PROBE_MS, probing } from './process-plan.ts';

/** Null when the address answers 200, else its words (a service's /ready gives its reason). */
export const probeReady = (url: string): Promise<string | null> =>
  probing(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text.trim() || `answers ${response.status}`);
  });

/** Null when anything answers HTTP there, whatever it says. */
export const probeAnswers = (url: string): Promise<string | null> =>
  probing(async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    await response.arrayBuffer();
  });
