import type { Faults } from '#shared/simulator/faults.ts';
import type { Overrides } from '../driver/system.ts';

/** Real intervals, short enough for a trial. */
export const SETTINGS: Overrides = {
  gateway: {
    INBOUND_ALIVE_MS: '500',
    INBOUND_OUTAGE_MS: '5000',
    SWEEP_INTERVAL_MS: '2000',
    STATUS_FIRST_LOOK_MS: '2000',
  },
  sender: { MESSAGE_PAUSE_MS: '200', RECONCILE_INTERVAL_MS: '1000', INBOUND_DOUBT_MS: '5000' },
  campaigns: { CALLS_PER_SECOND: '10' },
  caller: {
    CALLS_PER_SECOND: '10',
    RECONCILE_INTERVAL_MS: '1000',
    INBOUND_DOUBT_MS: '5000',
    // Longer than calls last, at ten times the speed of life.
    CALL_FIRST_LOOK_MS: '15000',
  },
  carrier: {
    CARRIER_SENT_AFTER_MS: '20-100',
    CARRIER_DELIVERED_AFTER_MS: '50-200',
    CARRIER_CALL_SPEED: '10',
    CARRIER_CALLS_PER_SECOND: '100',
  },
};

/** What the carrier does in every trial. Of status callbacks, which are best-effort at every carrier, some are never sent. */
export const CARRIER_FAULTS = {
  latencyMs: { min: 20, max: 80 },
  lostCallbackRate: 0.02,
} satisfies Partial<Faults>;
