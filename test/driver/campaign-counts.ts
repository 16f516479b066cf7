/** What the API counts of a campaign: contacts by where they stand, texts by what the carrier says. */
export interface CampaignCounts {
  total: number;
  states: readonly { state: string; contacts: number }[];
  deliveries: readonly { outcome: string; messages: number }[];
}

/**
 * Where counts are not what they count: `states`, where each contact stands, and `statuses`, what the message log has of each text
 * that the carrier took. Empty: all are. Texts that are still on their way count under another word than the log has for them.
 */
export function countFaults(
  counted: CampaignCounts,
  { states, statuses }: { states: readonly string[]; statuses: readonly string[] },
): string[] {
  const pairs = [
    [`${counted.total}`, `${states.length}`, 'contacts'],
    [
      tallyOf(counted.states.map(({ contacts, state }) => [state, contacts])),
      tallyOf(states.map((state) => [state, 1])),
      'contacts',
    ],
    [
      tallyOf(counted.deliveries.map(({ messages, outcome }) => [outcome, messages])),
      tallyOf(statuses.map((status) => [status, 1])),
      'in the log',
    ],
  ] as const;
  return pairs.flatMap(([said, are, of]) =>
    said === are ? [] : [`the campaign counts ${said} of ${are} ${of}`],
  );
}

/** Sums by name, without those that are zero, as text that can be compared. */
export function tallyOf(counts: readonly (readonly [string, number])[]): string {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return JSON.stringify([...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
