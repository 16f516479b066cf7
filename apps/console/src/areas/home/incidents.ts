import { useQuery } from '@tanstack/react-query';
import { one } from '../../api/queries.ts';

/** Something that does not mend itself. */
export type Incident =
  | { kind: 'carrierAway'; carrier: string }
  | { kind: 'senderHalted'; number: string; reason: string | null }
  | { kind: 'deadLetters'; count: number }
  | { kind: 'campaignFailed' | 'campaignPaused'; id: string; name: string; reason: string | null };

const LOOKED_AT = 100;

/** What needs somebody now; undefined until all of it is known. */
export function useIncidents(): Incident[] | undefined {
  const system = useQuery(one('/v1/system', {})).data;
  const senders = useQuery(one('/v1/senders', { query: { limit: LOOKED_AT } })).data;
  const paused = useQuery(one('/v1/campaigns', { query: { status: 'paused', limit: LOOKED_AT } })).data;
  const failed = useQuery(one('/v1/campaigns', { query: { status: 'failed', limit: LOOKED_AT } })).data;
  if (!system || !senders || !paused || !failed) return undefined;
  const dead = system.quarantine.reduce((sum, { quarantined }) => sum + quarantined, 0);
  return [
    ...system.carriers.flatMap(({ carrier, outageSince }): Incident[] =>
      outageSince === null ? [] : [{ kind: 'carrierAway', carrier }],
    ),
    ...senders.items.flatMap(({ haltedReason, health, senderNumber }): Incident[] =>
      health === 'halted' ? [{ kind: 'senderHalted', number: senderNumber, reason: haltedReason }] : [],
    ),
    ...(dead > 0 ? [{ kind: 'deadLetters' as const, count: dead }] : []),
    ...failed.items.map(({ id, name, reason }): Incident => ({ kind: 'campaignFailed', id, name, reason })),
    // Paused by a person it has no reason.
    ...paused.items.flatMap(({ id, name, reason }): Incident[] =>
      reason === null ? [] : [{ kind: 'campaignPaused', id, name, reason }],
    ),
  ];
}
