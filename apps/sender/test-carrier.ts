import type {
  Carrier,
  CarrierCapabilities,
  OutboundListing,
  SendOutcome,
  SendRequest,
} from '#shared/carriers/carrier.ts';
import { type ErrorClass, type ErrorRule, errorTable } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/** What a test's carrier does with one request: what it answers, and whether it really has the message then. */
export interface Behaviour {
  outcome: SendOutcome;
  stored: boolean;
}

export const refusedWith = (errorCode: string): Behaviour => ({
  outcome: { kind: 'refused', errorCode, class: 'unknown', message: 'refused' },
  stored: false,
});
export const throttled: Behaviour = { outcome: { kind: 'throttled', retryAfterMs: null }, stored: false };
export const notSent: Behaviour = { outcome: { kind: 'not_sent', reason: 'no connection' }, stored: false };
/** No answer, and the carrier has the message. */
export const lostAnswer: Behaviour = { outcome: { kind: 'ambiguous', reason: 'time-out' }, stored: true };
/** No answer, and it has not. */
export const lostRequest: Behaviour = { outcome: { kind: 'ambiguous', reason: 'time-out' }, stored: false };

/** A carrier in memory, for tests: does what it is told, remembers what it accepted and lists it. */
export class TestCarrier implements Carrier {
  readonly name: CarrierName;
  readonly capabilities: CarrierCapabilities;
  readonly requests: SendRequest[] = [];
  /** What it has, in the order of acceptance. */
  readonly messages: (OutboundListing & { messageId: string; attemptId: string; at: number })[] = [];
  #classify = errorTable(twilioErrorRules);
  /** How many segments it counts. */
  segmentsOf: (body: string) => number = () => 1;
  /** Consulted for every request; undefined: accepted. */
  behave: (request: SendRequest) => Behaviour | undefined | Promise<Behaviour | undefined> = () => undefined;

  constructor(
    name: CarrierName = 'twilio',
    capabilities: CarrierCapabilities = { lists: true, fetches: true },
  ) {
    this.name = name;
    this.capabilities = capabilities;
  }

  classifyError(code: string): ErrorRule {
    return this.#classify(code);
  }

  /** A code that no table of Twilio's has. */
  classifyCode(code: string, errorClass: ErrorClass, concerns: ErrorRule['concerns']): void {
    const rule = { code, class: errorClass, concerns, meaning: '', retries: 0, delayMs: 0, source: 'a test' };
    this.#classify = errorTable([...twilioErrorRules, rule]);
  }

  async send(request: SendRequest): Promise<SendOutcome> {
    this.requests.push(request);
    const behaviour = await this.behave(request);
    const accepted = behaviour === undefined;
    if (accepted || behaviour.stored) this.#store(request);
    if (!accepted) return behaviour.outcome;
    const carrierMessageId = this.messages.at(-1)?.carrierMessageId ?? '';
    return {
      kind: 'accepted',
      carrierMessageId,
      status: 'queued',
      segments: this.segmentsOf(request.body),
    };
  }

  async listOutbound(query: { to: string; since: Date }): Promise<readonly OutboundListing[]> {
    return this.messages.filter(({ to, createdAt }) => to === query.to && createdAt >= query.since);
  }

  get bodies(): string[] {
    return this.messages.map(({ body }) => body);
  }

  bodiesTo(phone: string): string[] {
    return this.messages.filter(({ to }) => to === phone).map(({ body }) => body);
  }

  #store(request: SendRequest): void {
    this.messages.push({
      carrierMessageId: `SM${String(this.messages.length + 1).padStart(32, '0')}`,
      from: request.from,
      to: request.to,
      body: request.body,
      status: 'queued',
      errorCode: null,
      segments: 1,
      createdAt: new Date(),
      messageId: request.messageId,
      attemptId: request.attemptId,
      at: performance.now(),
    });
  }

  async *listInbound(): AsyncGenerator<never> {
    yield* [];
  }
  async inboundMedia(): Promise<never[]> {
    return [];
  }
  async fetchStatus(): Promise<null> {
    return null;
  }
  async *listStatuses(): AsyncGenerator<never> {
    yield* [];
  }
  async verifyWebhook(): Promise<'forged'> {
    return 'forged';
  }
  subjectOf(): 'nothing' {
    return 'nothing';
  }
  parseInbound(): { kind: 'malformed'; reason: string } {
    return { kind: 'malformed', reason: 'a test carrier has no webhooks' };
  }
  parseStatus(): { kind: 'malformed'; reason: string } {
    return { kind: 'malformed', reason: 'a test carrier has no webhooks' };
  }
}
