import { integer, type Settings } from '#shared/config.ts';

/** Of every service that sends on a channel. */
export const sendingSettings = {
  INBOUND_DOUBT_MS: integer(
    // Longer than INBOUND_OUTAGE_MS, a claim between the gateway's return and its first note would not know of the outage.
    { min: 5_000, max: 15_000 },
    {
      fallback: '10000',
      unit: 'ms',
      help: 'How long the gateway may be silent before sending waits: a STOP may not have been heard. No longer than INBOUND_OUTAGE_MS.',
    },
  ),
  RECONCILE_INTERVAL_MS: integer(
    { min: 1_000, max: 3_600_000 },
    {
      fallback: '60000',
      unit: 'ms',
      help: "Least time between the two looks into the carrier's list that prove that a message was not sent.",
    },
  ),
  STALE_TURN_MS: integer(
    { min: 10_000, max: 86_400_000 },
    {
      fallback: '900000',
      unit: 'ms',
      help: 'How long a message may be queued before its phone gets another turn, in case the first was lost.',
    },
  ),
  HALT_HOLD_MS: integer(
    { min: 1_000, max: 86_400_000 },
    {
      fallback: '300000',
      unit: 'ms',
      help: 'How long a message is held when our account or its sender number may not send; a refused account pauses all sending for as long.',
    },
  ),
} satisfies Settings;
