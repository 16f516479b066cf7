import type { BusinessTime } from '#shared/business-clock/business-time.ts';
import { furtherOf, type Jump } from '#shared/business-clock/jump.ts';
import type { Clock } from '#shared/clock.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { Faults, FaultsChange } from '#shared/simulator/faults.ts';
import type { Line } from '#shared/simulator/line.ts';
import type { PhoneView, RecentPhone } from '#shared/simulator/phone-view.ts';
import type { StatisticsView } from '#shared/simulator/statistics.ts';
import type { CallStore } from './calls/call-store.ts';
import { callView } from './calls/call-view.ts';
import type { Exchange } from './calls/exchange.ts';
import { mergeFaults } from './faults.ts';
import type { MessageStore } from './message-store.ts';
import { phoneView } from './message-view.ts';
import type { Switchboard } from './switchboard.ts';
import type { Template, TemplateStore } from './templates.ts';

/** Where texts from phones are posted to. */
export interface InboundWebhooks {
  /** For every number without one of its own; null: nowhere. */
  inboundUrl: string | null;
  byNumber: Record<string, string>;
  /** For calls from phones, of every number; null: nobody answers there. */
  voiceUrl: string | null;
}

/** What stands outside of Twilio's API: the phones, and the levers of a simulation. */
export interface CarrierControl {
  /** A person writes a text. It is kept once this resolves; its webhook follows. */
  sendText(
    phone: PhoneNumber,
    text: { body: string; to?: SenderAddress; mediaUrls?: string[] },
  ): Promise<PhoneView>;
  /** What becomes of calls to a phone; see calls/line.ts. */
  lineOf(phone: PhoneNumber): Line;
  setLine(phone: PhoneNumber, line: Line): Line;
  /** The calls of one phone, oldest first, with what was heard in them. */
  callsOf(phone: PhoneNumber): CallView[];
  /** A person calls a number of ours, and does there what the line says. Null: nobody answers calls to us. */
  callIn(phone: PhoneNumber, call: { to?: PhoneNumber; line?: Line }): CallView | null;
  /** What the person at the phone does with the call that is under way; false: there is none of that kind. */
  answer(phone: PhoneNumber): boolean;
  press(phone: PhoneNumber, key: string): boolean;
  hangUp(phone: PhoneNumber): boolean;
  /** Where texts go that name no number, and what messaging services send from. */
  readonly mainNumber: PhoneNumber;
  /** Phones with the newest message of each, newest first. Looks at the last 20,000 messages. */
  recentPhones(limit: number): RecentPhone[];
  /** The conversation of one phone, oldest first. */
  messagesOf(phone: PhoneNumber): PhoneView[];
  /**
   * All messages, oldest first, in pages: `next` is the `after` of the following page, null on the last one.
   * Undefined when no message has the id `after`.
   */
  messages(page: {
    after: string | null;
    limit: number;
  }): { messages: PhoneView[]; next: string | null } | undefined;
  /** Approved templates of WhatsApp: others are refused. */
  templates(): Template[];
  putTemplate(template: Template): Template;
  faults(): Faults;
  /** Fields that are left out stay as they are. Throws zod's error if the result is not valid. */
  setFaults(change: FaultsChange): Faults;
  webhooks(): InboundWebhooks;
  setWebhooks(change: Partial<InboundWebhooks>): InboundWebhooks;
  /** How far business time is ahead of the machine's, with the jump that brings it there if that is still to come. */
  clock(): Jump;
  /**
   * Business time jumps, at the jump's instant or now when that has passed; it never goes back. Kept in the journal
   * before this returns. What becomes due by it happens at once.
   */
  skipTo(jump: Jump): Jump;
  stats(): StatisticsView;
  /** Resolves when nothing is under way: no status to come, no webhook unanswered. */
  settled(): Promise<void>;
  /** Forgets all messages, calls, lines, opt-outs, faults and statistics; what is under way ends without effect. */
  reset(): void;
}

export interface ControlParts {
  clock: Clock;
  store: MessageStore;
  switchboard: Switchboard;
  exchange: Exchange;
  calls: CallStore;
  templates: TemplateStore;
  mainNumber: PhoneNumber;
  initialFaults: Faults;
  faults: { current: Faults };
  webhooks: { current: InboundWebhooks };
  time: BusinessTime;
  saveJump: (jump: Jump) => void;
  stats: () => StatisticsView;
  settled: () => Promise<void>;
  forgetAll: () => void;
}

/** Messages among which recent phones are looked for. */
const LOOKED_AT = 20_000;

export function createControl(parts: ControlParts): CarrierControl {
  const { store, exchange, faults, webhooks } = parts;
  return {
    sendText: async (phone, text) => {
      const message = parts.switchboard.receive({
        phone,
        ours: text.to ?? parts.mainNumber,
        body: text.body,
        mediaUrls: text.mediaUrls ?? [],
      });
      const view = phoneView(message);
      await store.saved();
      return view;
    },
    lineOf: (phone) => exchange.lineOf(phone),
    setLine: (phone, line) => {
      exchange.setLine(phone, line);
      return line;
    },
    callsOf: (phone) => parts.calls.ofPhone(phone).map(callView),
    callIn: (phone, { to, line }) => {
      const { voiceUrl } = webhooks.current;
      if (voiceUrl === null) return null;
      const call = {
        phone,
        ours: to ?? parts.mainNumber,
        url: voiceUrl,
        line: line ?? exchange.lineOf(phone),
      };
      return callView(exchange.callIn(call));
    },
    answer: (phone) => exchange.answer(phone),
    press: (phone, key) => exchange.press(phone, key),
    hangUp: (phone) => exchange.hangUp(phone),
    mainNumber: parts.mainNumber,
    recentPhones: (limit) => {
      const recent = new Map<string, RecentPhone>();
      let seen = 0;
      for (const message of store.newestFirst(null)) {
        seen += 1;
        if (recent.size === limit || seen > LOOKED_AT) break;
        if (recent.has(message.phone)) continue;
        const messages = store.ofPhone(message.phone).length;
        recent.set(message.phone, { number: message.phone, messages, last: phoneView(message) });
      }
      return [...recent.values()];
    },
    messagesOf: (phone) => store.ofPhone(phone).map(phoneView),
    messages: ({ after, limit }) => {
      const position = after === null ? 0 : store.get(after)?.ordinal;
      if (position === undefined) return undefined;
      const messages: PhoneView[] = [];
      for (const message of store.oldestFirst(position)) {
        if (messages.length === limit) return { messages, next: messages.at(-1)?.id ?? null };
        messages.push(phoneView(message));
      }
      return { messages, next: null };
    },
    templates: () => parts.templates.all(),
    putTemplate: (template) => {
      parts.templates.put(template);
      return template;
    },
    faults: () => faults.current,
    setFaults: (change) => {
      faults.current = mergeFaults(faults.current, change);
      return faults.current;
    },
    webhooks: () => webhooks.current,
    setWebhooks: (change) => {
      webhooks.current = { ...webhooks.current, ...change };
      return webhooks.current;
    },
    clock: () => parts.time.jump,
    skipTo: (jump) => {
      parts.saveJump(furtherOf(parts.time.jump, jump));
      parts.time.take(jump);
      return parts.time.jump;
    },
    stats: parts.stats,
    settled: parts.settled,
    reset: () => {
      parts.forgetAll();
      faults.current = parts.initialFaults;
    },
  };
}
