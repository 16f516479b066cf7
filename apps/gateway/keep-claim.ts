import type { ReceivingDeps } from './receive-inbound.ts';
import { CLAIM_MS, renewSweep, type SweepClaim } from './watch.ts';

/** Two renewals may fail before the claim runs out. */
const RENEW_EVERY_MS = CLAIM_MS / 3;

export interface KeptClaim {
  /** Aborted when the claim is seen to be somebody else's, or nobody's. */
  lost: AbortSignal;
  /** Ends the renewals; resolves when none is under way. */
  stop(): Promise<void>;
}

/**
 * Renews the claim on a timer, whatever its sweep is waiting for, until it is lost or `stop`. A renewal that fails is
 * tried again with the next: if the claim ran out meanwhile, that one finds out.
 */
export function keepClaim(
  claim: SweepClaim,
  { pool, clock, logger }: Pick<ReceivingDeps, 'pool' | 'clock' | 'logger'>,
): KeptClaim {
  const stopping = new AbortController();
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    while (!lost.signal.aborted) {
      // Rejects only when stopped.
      await clock.sleep(RENEW_EVERY_MS, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        if (!(await renewSweep(pool, claim))) lost.abort(new Error('the claim of the sweep was lost'));
      } catch (error) {
        logger.warn({ err: error }, 'the claim of a sweep was not renewed');
      }
    }
  };
  const renewing = renew();
  return {
    lost: lost.signal,
    stop: async () => {
      stopping.abort();
      await renewing;
    },
  };
}
