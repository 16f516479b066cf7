import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { type Allowed, judge } from '#shared/gate/judge.ts';
import { blockSuppressed } from '#shared/messages/block-suppressed.ts';
import { cancelStopped } from '#shared/messages/cancel-stopped.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { Passes } from './carrier-watches.ts';
import { sendable } from './invalid-numbers.ts';
import type { Message } from './message-state.ts';
import { nextSendable, type Sendable } from './next-sendable.ts';
import type { ClaimPacing, Paced, PaceResult, Pacing } from './pacing.ts';
import { type OtherRoutes, Router } from './route.ts';

/** Looks at a phone within one claim: a message of each intent may be stopped, and those behind them. */
const ROUNDS = 5;

/** What a phone waits for that sends nothing now. */
export type Waiting = Exclude<Sendable, { kind: 'send' }>;

/** A message with the attempt that was written for its request. */
export interface Claimed {
  attemptId: string;
  message: Message;
  /** That of its number. */
  carrier: CarrierName;
  /** Business time: no request starts after it, and the carrier must have given up by then. */
  validUntil: Date;
}

export type ClaimResult =
  | {
      kind: 'claimed';
      /** Requests to make now. */
      claimed: readonly Claimed[];
      /** What the other phones wait for. A phone that does not exist has nothing. */
      others: ReadonlyMap<string, Waiting>;
      /** Messages that will not go. */
      blocked: number;
      /** Messages that wait until they may. */
      held: number;
    }
  /** We may not have heard a STOP: nothing is sent before we know. */
  | { kind: 'in_doubt'; unheard: readonly CarrierName[] };

export interface ClaimRequest {
  phones: readonly string[];
  /** Of numbers for which nothing else is said. */
  carrier: CarrierName;
  /** Left out: there is no other. */
  others?: OtherRoutes;
  /** Carriers whose texts must have been heard: all that are set up, whatever goes through them; first that of numbers for which nothing else is said. */
  heard: readonly CarrierName[];
  /** Carriers that do not flow now, with what may go through them. Left out: all flow. */
  passes?: Passes;
  channel: Channel;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  /**
   * Business time. Asked once the phones are locked: what is read under the locks was written before, so no text that is
   * answered lies in what the gate takes for the future.
   */
  clock: Pick<Clock, 'now'>;
  /** Silence of the gateway, in ms, after which we do not know what people texted. */
  inboundDoubtMs: number;
  newId: () => string;
  /** Null: nothing limits how fast it goes. */
  pacing: Pacing | null;
}

/**
 * Thrown when the claim failed after its attempts were written: whether they were committed is unknown. No request
 * was made, so recording each of them as not sent is right in both cases.
 */
export class ClaimInDoubt extends Error {
  readonly claimed: readonly Claimed[];

  constructor(claimed: readonly Claimed[], cause: unknown) {
    super('a claim failed at its end', { cause });
    this.name = 'ClaimInDoubt';
    this.claimed = claimed;
  }
}

/**
 * Claims the next message of each phone, in one transaction with as many statements for one phone as for a hundred.
 *
 * The lock on a phone's row excludes a STOP, another claim, a record and a new message of that phone. A STOP that
 * committed before is seen here; one that comes after sees the attempts written here, and waits for them. The gate
 * judges by facts read under that lock, and counts the attempts written here: two claims never share the last touch of
 * a cap.
 */
export async function claim(pool: Pool, request: ClaimRequest): Promise<ClaimResult> {
  let written: Claimed[] = [];
  try {
    return await inTransaction(pool, async (tx) => {
      const phones = await lockKnownPhones(tx, request.phones);
      const unheard = await unheardCarriers(tx, request);
      if (unheard.length > 0) return { kind: 'in_doubt', unheard };
      const now = request.clock.now();
      const blocked = await blockSuppressed(tx, phones, now, request.pseudonyms);
      await cancelStopped(tx, phones, now);
      const pacing = request.pacing?.beginClaim() ?? null;
      const found = await findAllowed(tx, { ...request, phones, pacing }, now);
      const locked = new Set(phones);
      // Without a row there is nothing to send.
      for (const phone of request.phones)
        if (!locked.has(phone)) found.others.set(phone, { kind: 'nothing' });
      written = found.allowed.map(({ candidate, validUntil }) => ({
        attemptId: request.newId(),
        message: candidate,
        carrier: found.router.carrierOf(candidate),
        validUntil,
      }));
      await writeAttempts(tx, written, found.allowed, request, now);
      return {
        kind: 'claimed',
        claimed: written,
        others: found.others,
        blocked: blocked + found.blocked,
        held: found.held,
      };
    });
  } catch (error) {
    if (written.length === 0) throw error;
    throw new ClaimInDoubt(written, error);
  }
}

/** With the pace of this one. */
type PacedClaim = Omit<ClaimRequest, 'pacing'> & { pacing: ClaimPacing | null };

interface Found {
  router: Router;
  allowed: Allowed<Message>[];
  others: Map<string, Waiting>;
  blocked: number;
  held: number;
}

/**
 * The next message of each phone that may go now. One that may not is held or blocked, and the phone looked at again:
 * what is of another intent may go, or what was behind. A phone with more of them than that gets another claim.
 */
async function findAllowed(tx: Transaction, request: PacedClaim, now: Date): Promise<Found> {
  const { phones, channel, gate, newId, pseudonyms } = request;
  const router = new Router(request.carrier, request.others, request.passes ?? new Map());
  const found: Found = { router, allowed: [], others: new Map(), blocked: 0, held: 0 };
  let looking = phones;
  for (let round = 0; looking.length > 0 && round < ROUNDS; round += 1) {
    const candidates: Message[] = [];
    const answers = new Map<Message, Message>();
    const { next: all, superseded } = await nextSendable(tx, looking, { now, channel, pseudonyms });
    found.blocked += superseded;
    for (const [phone, next] of all) {
      if (next.kind === 'send') {
        candidates.push(next.message);
        if (next.answer && sendable(phone, next.answer.senderNumber, channel))
          answers.set(next.message, next.answer);
      } else found.others.set(phone, next);
    }
    const routed = await router.route(tx, candidates, now);
    await router.know(tx, [...answers.values()]);
    for (const [planned, answer] of answers) if (!router.flows(answer)) answers.delete(planned);
    // Before the gate: what waits for its turn is decided when its turn has come, once.
    const paced = await pace(tx, routed.go, answers, request, now);
    for (const { message, ms } of paced.waiting) found.others.set(message.phoneNumber, { kind: 'wait', ms });
    const going = paced.go.map(({ message }) => message);
    const { allowed, blocked, held } = await judge(tx, going, { config: gate, newId, now, pseudonyms });
    giveBack(request.pacing, paced.go, allowed);
    found.allowed.push(...allowed);
    found.blocked += blocked.length;
    found.held += held.length + paced.held.length + routed.held.length;
    looking = [...blocked, ...held, ...paced.held, ...routed.held].map(({ phoneNumber }) => phoneNumber);
  }
  for (const phone of looking) found.others.set(phone, { kind: 'wait', ms: 1 });
  return found;
}

/** What may go now of these, and of the answers that are behind those that wait. */
async function pace(
  tx: Transaction,
  candidates: readonly Message[],
  answers: ReadonlyMap<Message, Message>,
  { pacing }: PacedClaim,
  now: Date,
): Promise<PaceResult> {
  if (pacing === null) {
    return { go: candidates.map((message) => ({ message, request: FREE })), waiting: [], held: [] };
  }
  const first = await pacing.pace(tx, candidates, now);
  const behind = first.waiting.flatMap(({ message }) => answers.get(message) ?? []);
  if (behind.length === 0) return first;
  const second = await pacing.pace(tx, behind, now);
  const going = new Set(second.go.map(({ message }) => message.phoneNumber));
  const waits = new Map(second.waiting.map(({ message, ms }) => [message.phoneNumber, ms]));
  return {
    go: [...first.go, ...second.go],
    waiting: first.waiting
      .filter(({ message }) => !going.has(message.phoneNumber))
      .map(({ message, ms }) => ({ message, ms: Math.min(ms, waits.get(message.phoneNumber) ?? ms) })),
    held: [...first.held, ...second.held],
  };
}

/** Nothing limits it. */
const FREE: Paced['request'] = { cost: 1, lane: 'replies', limits: [] };

/** What the gate does not let go leaves its turn to others. */
function giveBack(
  pacing: ClaimPacing | null,
  paced: readonly Paced[],
  allowed: readonly Allowed<Message>[],
): void {
  if (paced.length === allowed.length) return;
  const going = new Set(allowed.map(({ candidate }) => candidate));
  pacing?.giveBack(paced.filter(({ message }) => !going.has(message)).map(({ request }) => request));
}

/**
 * Carriers whose texts we may not hear: no gateway listened to them lately, or an outage waits for its sweep. In doubt about
 * one nothing goes through any: who texts STOP to one number of ours is texted from none. One that was set up a moment ago
 * and that no gateway has listened to yet does not count before a number of ours is there.
 */
async function unheardCarriers(tx: Transaction, request: ClaimRequest): Promise<CarrierName[]> {
  const wanted = request.heard;
  const { rows } = await tx.query<{ carrier: CarrierName; is_heard: boolean }>(
    `SELECT carrier, outage_since IS NULL AND alive_at > clock_timestamp() - $2 * interval '1 millisecond' AS is_heard
       FROM inbound_watch WHERE carrier = ANY ($1)`,
    [wanted, request.inboundDoubtMs],
  );
  const heard = new Map(rows.map((row) => [row.carrier, row.is_heard]));
  const unheard = wanted.filter((carrier) => heard.get(carrier) === false);
  const unknown = wanted.filter((carrier) => !heard.has(carrier));
  if (unknown.length === 0) return unheard;
  const own = unknown.filter((carrier) => carrier === request.carrier || carrier === wanted[0]);
  const { rows: used } = await tx.query<{ carrier: CarrierName }>(
    'SELECT DISTINCT carrier FROM sender WHERE carrier = ANY ($1)',
    [unknown],
  );
  return [...new Set([...unheard, ...own, ...used.map(({ carrier }) => carrier)])];
}

async function writeAttempts(
  tx: Transaction,
  claimed: readonly Claimed[],
  allowed: readonly Allowed<Message>[],
  { channel }: ClaimRequest,
  now: Date,
): Promise<void> {
  if (claimed.length === 0) return;
  await tx.query(
    `WITH claimed AS (
       UPDATE message
          SET state = 'posting', attempts = attempts + 1, due_at = NULL, rule = NULL, verdict = 'send',
              decided_rule = wanted.rule, rules_version = wanted.rules_version
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $5::text[], $6::text[], $7::boolean[])
              AS wanted(message_id, attempt_id, carrier, rule, rules_version, counts)
        WHERE message.message_id = wanted.message_id
       RETURNING wanted.attempt_id, message.message_id, message.phone_number, wanted.carrier, message.sender_number,
                 wanted.counts)
     INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel, touched_at)
     SELECT attempt_id, message_id, phone_number, carrier, sender_number, 'posting', $4, CASE WHEN counts THEN $8::timestamptz END
       FROM claimed`,
    [
      claimed.map(({ message }) => message.messageId),
      claimed.map(({ attemptId }) => attemptId),
      claimed.map(({ carrier }) => carrier),
      channel,
      allowed.map(({ rule }) => rule),
      allowed.map(({ rulesVersion }) => rulesVersion),
      allowed.map(({ counts }) => counts),
      now,
    ],
  );
}
