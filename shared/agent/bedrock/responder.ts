import {
  type BedrockAgentRuntimeClient,
  InvokeAgentCommand,
  type ResponseStream,
  type TracePart,
} from '@aws-sdk/client-bedrock-agent-runtime';
import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { type Outcome, type Question, type Responder, ResponderFault, type Usage } from '../responder.ts';
import { bedrockSessionId } from './session-id.ts';

export interface BedrockParts {
  client: Pick<BedrockAgentRuntimeClient, 'send'>;
  agentId: string;
  aliasId: string;
  clock: Clock;
}

/** Pauses before a question is asked again, in ms. */
const AGAIN_AFTER_MS = [300, 900] as const;
/** Turns that are told besides the text: the agent keeps its own memory of a session, without what people answered in it. */
const MOST_TURNS = 10;

/** An answer with one of these in it is none: what the instructions of the agent tell it to say (docs/agent.md). */
const PERSON = '[PERSON]';
const NOTHING = '[NOTHING]';

/**
 * Answers by an agent of Amazon Bedrock (InvokeAgent). It may act and keeps a session, so it is asked once: again only where
 * it cannot have heard the question, which is when it said that it throttles before it said anything else, or when nobody
 * took the connection.
 */
export const bedrockResponder = ({ agentId, aliasId, client, clock }: BedrockParts): Responder => ({
  source: 'bedrock',
  repeatable: false,
  respond: async (question, signal) => {
    const version = `${agentId}/${aliasId}`;
    const began = clock.monotonic();
    for (const pauseMs of [...AGAIN_AFTER_MS, null]) {
      const said = new Said(() => clock.monotonic() - began);
      try {
        const command = new InvokeAgentCommand({
          agentId,
          agentAliasId: aliasId,
          sessionId: bedrockSessionId(question.session),
          inputText: question.text,
          enableTrace: true,
          sessionState: { promptSessionAttributes: attributesOf(question) },
        });
        const { completion } = await client.send(command, { abortSignal: signal });
        if (completion === undefined) throw new ResponderFault('failed', 'the agent answered nothing at all');
        for await (const event of untilAborted(completion, signal)) said.hear(event);
        return { outcome: said.outcome(), firstMs: said.firstMs, usage: said.usage, version };
      } catch (error) {
        if (signal.aborted)
          throw new ResponderFault('timed_out', 'the agent did not answer in time', { cause: error });
        if (error instanceof ResponderFault) throw error;
        if (pauseMs === null || said.hasSpoken || !cannotHaveHeard(error)) {
          throw new ResponderFault('failed', `${nameOf(error)}: ${messageOf(error)}`, { cause: error });
        }
        await clock.sleep(pauseMs * (1 + clock.random()), signal).catch((cause: unknown) => {
          throw new ResponderFault('timed_out', 'the agent throttled until the time was over', { cause });
        });
      }
    }
    throw new ResponderFault('failed', 'the agent was asked as often as it may be');
  },
});

/** A stream that says nothing for ever would keep its reader for ever. */
async function* untilAborted<T>(events: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = events[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  aborted.promise.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Not waited for: a stream that hangs does not end either.
    iterator.return?.().catch(() => undefined);
  }
}

/** What an agent has said so far, in one stream of UTF-8: a character may come in two chunks. */
class Said {
  firstMs: number | null = null;
  usage: Usage | null = null;
  /** Chunks or calls of actions: the question has been worked on. */
  hasSpoken = false;
  readonly #sinceMs: () => number;
  readonly #decoder = new TextDecoder();
  #text = '';
  #wantsControl = false;

  constructor(sinceMs: () => number) {
    this.#sinceMs = sinceMs;
  }

  hear(event: ResponseStream): void {
    if (event.trace !== undefined) {
      this.hasSpoken = true;
      this.usage = sumOf(this.usage, usageIn(event.trace));
    }
    if (event.returnControl !== undefined) {
      this.hasSpoken = true;
      this.#wantsControl = true;
    }
    const bytes = event.chunk?.bytes;
    if (bytes === undefined) return;
    this.hasSpoken = true;
    this.firstMs ??= Math.round(this.#sinceMs());
    this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  outcome(): Outcome {
    const text = (this.#text + this.#decoder.decode()).trim();
    if (this.#wantsControl || text.includes(PERSON)) {
      return { kind: 'hand_over', reason: 'wants_person', topic: null };
    }
    return text.includes(NOTHING) ? { kind: 'nothing' } : { kind: 'answer', text, topic: null };
  }
}

function usageIn({ trace }: TracePart): Usage | null {
  const outputs = [
    trace?.orchestrationTrace?.modelInvocationOutput,
    trace?.preProcessingTrace?.modelInvocationOutput,
    trace?.postProcessingTrace?.modelInvocationOutput,
    trace?.routingClassifierTrace?.modelInvocationOutput,
  ];
  return outputs.reduce<Usage | null>((sum, output) => {
    const usage = output?.metadata?.usage;
    if (usage === undefined) return sum;
    return sumOf(sum, { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 });
  }, null);
}

const sumOf = (a: Usage | null, b: Usage | null): Usage | null =>
  a === null || b === null
    ? (a ?? b)
    : { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };

/** What the prompts of the agent may use, each as `$prompt_session_attributes$` has it. */
const attributesOf = ({ facts, language, turns }: Question): Record<string, string> => ({
  organisation: facts.organisation,
  contact: facts.contact,
  ...(facts.campaign === null ? {} : { campaign: facts.campaign.name }),
  ...(language === null ? {} : { language }),
  ...(turns.length === 0
    ? {}
    : {
        conversation: turns
          .slice(-MOST_TURNS)
          .map(({ from, text }) => `${from}: ${onOneLine(text)}`)
          .join('\n'),
      }),
});

/** A line of the conversation is a turn of its own: what somebody writes on several lines must not read as one of ours. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** Of a request that nobody took. */
const NO_CONNECTION: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const cannotHaveHeard = (error: unknown): boolean =>
  nameOf(error) === 'ThrottlingException' ||
  (error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    NO_CONNECTION.has(error.code));
