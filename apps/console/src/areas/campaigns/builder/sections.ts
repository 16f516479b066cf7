import type { Campaign, CampaignCheck } from '#shared/api-client/api-types.ts';

export const sections = ['basics', 'audience', 'message', 'senders', 'schedule', 'review'] as const;
export type Section = (typeof sections)[number];

type Fault = CampaignCheck['faults'][number];

/** Where what a pointer of the check is about is filled in. The first that fits. */
const places: readonly (readonly [begins: string, Section])[] = [
  ['/definition/audience', 'audience'],
  ['/definition/senderNumbers', 'senders'],
  ['/definition/senderPool', 'senders'],
  ['/definition/messagesPerSecond', 'senders'],
  ['/definition/spreadOverMinutes', 'senders'],
  ['/definition/throttleGroups', 'senders'],
  ['/definition/budget', 'senders'],
  ['/definition/canary', 'senders'],
  ['/definition/maxAttempts', 'senders'],
  ['/definition/retryDelayMinutes', 'senders'],
  ['/definition/windows', 'schedule'],
  ['/definition/timeZone', 'schedule'],
  ['/endAt', 'schedule'],
  ['/definition/topic', 'basics'],
  ['/definition/fields', 'basics'],
  ['/definition/acceptedKeywords', 'basics'],
  ['/name', 'basics'],
  ['/type', 'basics'],
];

/** What is said of the message is everything else: variants, calls, lesson, experiment, steps. */
export const sectionOf = (pointer: string, type: Campaign['type']): Exclude<Section, 'review'> =>
  // One budget of attempts holds for all steps of a ladder, and stands beside them.
  type === 'hybrid' && /^\/definition\/(maxAttempts|retryDelayMinutes)$/.test(pointer)
    ? 'message'
    : ((places.find(([begins]) => pointer === begins || pointer.startsWith(`${begins}/`))?.[1] ??
        'message') as Exclude<Section, 'review'>);

/** Faults by the section in which they are mended. */
export function faultsBySection(
  faults: readonly Fault[],
  type: Campaign['type'],
): ReadonlyMap<Section, readonly Fault[]> {
  const found = new Map<Section, Fault[]>();
  for (const fault of faults) {
    const section = sectionOf(fault.pointer, type);
    found.set(section, [...(found.get(section) ?? []), fault]);
  }
  return found;
}

/** What a draft begins with: nobody, no message, and hours that hardly anybody minds. */
export const newDefinition = (
  timeZone: string,
): { timeZone: string } & Pick<Campaign['definition'], 'windows'> & { audience: Record<string, never> } => ({
  audience: {},
  windows: [{ days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '19:00' }],
  timeZone,
});
