import type { CallView } from '#shared/simulator/call-view.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import type { System } from '../driver/system.ts';
import type { Story } from './story.ts';

/** From the end of who calls to the beginning of how to stop it, in ms of whoever listens (47 CFR 64.1200(b)(3)). */
const PROMPT_WITHIN_MS = 2_000;

interface Planned {
  textsEach: number;
  callsEach: number;
  script: CallScript;
  /** Whatever was to be killed, and when it was. */
  killed: readonly string[];
  killedAt: ReadonlyMap<string, number>;
}

/** For how long a killed gateway may be away, in ms. */
export const AWAY_MS = 15_000;

/** What did not hold, in words; empty: everything did. */
export async function faultsOf(
  system: System,
  stories: readonly Story[],
  planned: Planned,
): Promise<string[]> {
  const swept = await readSwept(system);
  return [
    ...(await faultsOfKills(system, planned)),
    ...stories.flatMap((story) => [
      ...faultsOfStory(story, planned, story.answeredAt ?? swept.get(story.phone) ?? null),
      ...faultsOfCalls(story, planned),
    ]),
    ...(await faultsOfRows(system, stories, planned)),
  ];
}

/** How long requests that had begun may last after a STOP is committed: a sweep has nobody to answer. */
const IN_FLIGHT_MS = 8_000;

/** By when nothing more may go to whoever texted STOP while nobody listened, and whose text a sweep found; by phone. */
async function readSwept(system: System): Promise<ReadonlyMap<string, number>> {
  const { rows } = await system.database.query<{ phone: string; recorded_at: Date }>(
    `SELECT phone_number AS phone, recorded_at FROM consent_change WHERE status = 'opted_out' AND method = 'sms'`,
  );
  return new Map(rows.map(({ phone, recorded_at }) => [phone, recorded_at.getTime() + IN_FLIGHT_MS]));
}

async function faultsOfKills(system: System, { killed }: Planned): Promise<string[]> {
  const restarts = await system.restarts();
  return killed.flatMap((name) => ((restarts.get(name) ?? 0) > 0 ? [] : [`${name} was not killed`]));
}

const isOffer = ({ body }: { body: string }): boolean => body.startsWith('Offer');

function faultsOfStory(
  { calls, deed, phone, texts, ...story }: Story,
  { callsEach, script, textsEach }: Planned,
  answeredAt: number | null,
): string[] {
  const bodies = texts.map(({ body }) => body);
  const faults = bodies
    .filter((body, index) => bodies.indexOf(body) !== index)
    .map((body) => `${phone} got "${body}" twice`);
  const others = texts.filter((text) => !isOffer(text)).length;
  // By key everything was said in the call; by text there is one confirmation.
  if (others !== (deed === 'stops' ? 1 : 0)) faults.push(`${phone}, who ${deed}, got ${others} other texts`);
  if (calls.size > callsEach)
    faults.push(`${phone} was called ${calls.size} times for ${callsEach} messages`);
  if (deed === 'listens') {
    if (texts.length !== textsEach) faults.push(`${phone} got ${texts.length} of ${textsEach} texts`);
    if (calls.size !== callsEach) faults.push(`${phone} was called ${calls.size} times, not ${callsEach}`);
    return faults;
  }
  if (answeredAt === null) return [...faults, `${phone}, who ${deed}, was never answered`];
  const textsAfter =
    story.answeredAt === null
      ? texts.filter((text) => isOffer(text) && Date.parse(text.at) > answeredAt)
      : texts.slice(story.textsWhenAnswered).filter(isOffer);
  if (textsAfter.length > 0)
    faults.push(`${phone}, who ${deed}, got ${textsAfter.map(({ body }) => body).join(', ')} afterwards`);
  const after = callsAfter([...calls.values()], script.optedOutConfirmation, answeredAt);
  if (after.length > 0) faults.push(`${phone}, who ${deed}, was called ${after.length} times afterwards`);
  return faults;
}

/** As much of a call as says when which words were heard. */
interface Heard {
  at: string;
  heard: readonly { text: string; at: string | null }[];
}

/**
 * Calls that were asked for after key 9 was answered: by the carrier's clock, which began to say the confirmation when the webhook had
 * answered. Whoever follows the call hears of it later, by what a busy machine takes. `heardAt` where nobody heard a confirmation: STOP,
 * as it was answered.
 */
export function callsAfter(
  calls: readonly Heard[],
  confirmation: string | null,
  heardAt: number,
): readonly Heard[] {
  const saidAt = calls.flatMap(({ heard }) =>
    heard.flatMap(({ at, text }) => (text === confirmation && at !== null ? [Date.parse(at)] : [])),
  );
  const answeredAt = Math.min(heardAt, ...saidAt);
  return calls.filter(({ at }) => Date.parse(at) > answeredAt);
}

/** Who calls, and at once how to stop it, in a moment in which the key counts. */
function faultsOfCalls({ calls, line, phone }: Story, planned: Planned): string[] {
  const { script } = planned;
  if (line.answers !== 'human') return [];
  return [...calls.values()].flatMap((call: CallView) => {
    const [first, second] = lastBeginning(call, planned);
    if (first === undefined) return [];
    if (first.text !== script.identification) return [`${phone} heard "${first.text}" first`];
    if (second === undefined) return [];
    const isPrompt = second.text === script.optOut.prompt || second.text === script.optedOutConfirmation;
    if (!isPrompt) return [`${phone} heard "${second.text}" behind who calls`];
    const laterMs = second.fromMs - first.toMs;
    if (second.text === script.optOut.prompt && laterMs > PROMPT_WITHIN_MS)
      return [`${phone} heard how to stop it ${laterMs} ms after who calls`];
    return first.keysCount && second.keysCount !== (second.text === script.optedOutConfirmation)
      ? []
      : [`a key of ${phone} would not have counted`];
  });
}

/**
 * What was heard from the last beginning on. Where the gateway was away when a key was pressed, the carrier goes to the fallback
 * address of the call in the end, and everything is said once more; in no other call.
 */
function lastBeginning(
  { answeredAt, endedAt, heard }: CallView,
  { killedAt, script }: Planned,
): CallView['heard'] {
  const awayFrom = killedAt.get('gateway');
  const mayBeginAgain =
    awayFrom !== undefined &&
    answeredAt !== null &&
    Date.parse(answeredAt) < awayFrom + AWAY_MS &&
    (endedAt === null || Date.parse(endedAt) > awayFrom);
  if (!mayBeginAgain) return heard;
  const last = heard.findLastIndex(({ text }) => text === script.identification);
  return last > 0 && heard[0]?.text === script.identification ? heard.slice(last) : heard;
}

async function faultsOfRows(
  system: System,
  stories: readonly Story[],
  { callsEach, textsEach }: Planned,
): Promise<string[]> {
  const byPhone = new Map(stories.map((story) => [story.phone, story]));
  const { rows: asked } = await system.database.query<{
    phone: Story['phone'];
    message_id: string;
    calls: string[];
  }>(
    `SELECT phone_number AS phone, message_id, array_agg(carrier_message_id) AS calls FROM attempt
      WHERE channel = 'voice' AND state = 'accepted' GROUP BY 1, 2`,
  );
  const faults = asked
    .filter(({ calls }) => calls.length > 1)
    .map(({ phone }) => `${phone} was called twice for one message`);
  const known = new Set(asked.flatMap(({ calls }) => calls));
  for (const { calls, phone } of stories) {
    const strange = [...calls.keys()].filter((id) => !known.has(id));
    if (strange.length > 0) faults.push(`${phone} was called ${strange.length} times of which nobody knows`);
  }
  const { rows: messages } = await system.database.query<{
    phone: Story['phone'];
    state: string;
    count: number;
  }>(`SELECT phone_number AS phone, state, count(*)::int AS count FROM message GROUP BY 1, 2`);
  for (const { count, phone, state } of messages) {
    const deed = byPhone.get(phone)?.deed;
    const fits =
      deed === 'listens'
        ? state === 'sent' && count === callsEach + textsEach
        : ['sent', 'blocked'].includes(state);
    if (!fits) faults.push(`${phone}, who ${deed}, has ${count} messages ${state}`);
  }
  const { rows: changes } = await system.database.query<{
    phone: Story['phone'];
    method: string;
    count: number;
  }>(
    `SELECT phone_number AS phone, method, count(*)::int AS count FROM consent_change WHERE status = 'opted_out' GROUP BY 1, 2`,
  );
  const optedOut = new Map(changes.map(({ count, method, phone }) => [phone, `${count} by ${method}`]));
  for (const { deed, phone } of stories) {
    const expected = { presses: '1 by voice', stops: '1 by sms', listens: undefined }[deed];
    if (optedOut.get(phone) !== expected)
      faults.push(`${phone}, who ${deed}, has opted out ${optedOut.get(phone) ?? 'not at all'}`);
  }
  return faults;
}
