import type { SendOutcome } from '#shared/carriers/carrier.ts';
import { errorTable } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import { twilioVoiceErrorRules } from '#shared/carriers/twilio/voice-error-table.ts';
import type { CallListing, CallRequest, FoundCall, VoiceCarrier } from '#shared/carriers/voice.ts';
import { CarillonError } from '#shared/errors.ts';

/** What a test's carrier does with one request: what it answers, and whether it really dials then. */
export interface Behaviour {
  outcome: SendOutcome;
  dials: boolean;
}

/** No answer, and the carrier dials. */
export const lostAnswer: Behaviour = { outcome: { kind: 'ambiguous', reason: 'time-out' }, dials: true };
/** No answer, and it does not. */
export const lostRequest: Behaviour = { outcome: { kind: 'ambiguous', reason: 'time-out' }, dials: false };
export const throttled: Behaviour = { outcome: { kind: 'throttled', retryAfterMs: null }, dials: false };
export const refusedWith = (errorCode: string): Behaviour => ({
  outcome: { kind: 'refused', errorCode, class: 'unknown', message: 'refused' },
  dials: false,
});

/** A call that the carrier made. */
export interface MadeCall extends CallListing {
  attemptId: string;
  messageId: string;
  /** Monotonic ms. */
  at: number;
  /** As it stands; changed by tests. */
  found: Pick<FoundCall, 'status' | 'answeredBy' | 'seconds' | 'price'>;
}

/** A carrier of calls in memory, for tests: does what it is told, remembers what it made, lists and finds it. */
export class TestVoiceCarrier implements VoiceCarrier {
  readonly name = 'twilio';
  readonly requests: CallRequest[] = [];
  /** In the order in which it made them. */
  readonly calls: MadeCall[] = [];
  /** Calls that it is asked for, in order. */
  readonly asked: string[] = [];
  readonly classifyError = errorTable([...twilioErrorRules, ...twilioVoiceErrorRules]);
  /** Consulted for every request; undefined: accepted. */
  behave: (request: CallRequest) => Behaviour | undefined | Promise<Behaviour | undefined> = () => undefined;
  /** Whether it can be asked for calls. */
  isReachable = true;
  /** Calls that it does not know any more. */
  readonly forgotten = new Set<string>();

  async call(request: CallRequest): Promise<SendOutcome> {
    this.requests.push(request);
    const behaviour = await this.behave(request);
    if (behaviour === undefined || behaviour.dials) this.#dial(request);
    if (behaviour !== undefined) return behaviour.outcome;
    const carrierMessageId = this.calls.at(-1)?.carrierMessageId ?? '';
    return { kind: 'accepted', carrierMessageId, status: 'queued', segments: null };
  }

  async listCalls(query: { to: string; from?: string; since: Date }): Promise<readonly CallListing[]> {
    return this.calls
      .filter(({ createdAt, from, to }) => to === query.to && from === query.from && createdAt >= query.since)
      .toReversed();
  }

  async fetchCall(carrierMessageId: string): Promise<FoundCall | null> {
    this.asked.push(carrierMessageId);
    if (!this.isReachable) throw new CarillonError('unavailable', 'the carrier is away');
    const call = this.calls.find((each) => each.carrierMessageId === carrierMessageId);
    if (call === undefined || this.forgotten.has(carrierMessageId)) return null;
    return { carrierMessageId, phoneNumber: null, ...call.found };
  }

  scriptFault(): null {
    return null;
  }

  /** The phones that were called, in order. */
  get phones(): string[] {
    return this.calls.map(({ to }) => to);
  }

  #dial(request: CallRequest): void {
    this.calls.push({
      carrierMessageId: `CA${String(this.calls.length + 1).padStart(32, '0')}`,
      from: request.from,
      to: request.to,
      status: 'queued',
      createdAt: new Date(),
      attemptId: request.attemptId,
      messageId: request.messageId,
      at: performance.now(),
      found: { status: 'ringing', answeredBy: null, seconds: null, price: null },
    });
  }
}
