import { parseArgs } from 'node:util';
import { createBedrock } from '#shared/agent/bedrock/client.ts';
import { bedrockResponder } from '#shared/agent/bedrock/responder.ts';
import { type EvaluationSet, readEvaluationSet } from '#shared/agent/evaluation/evaluation-set.ts';
import { type Score, type Scored, score } from '#shared/agent/evaluation/score.ts';
import { type Responder, type ResponderName, responderNames } from '#shared/agent/responder.ts';
import { rulesResponder } from '#shared/agent/rules/responder.ts';
import { type AgentConfig, checkAgentSettings } from '#shared/agent/settings.ts';
import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { UsageError } from '../arguments.ts';

export const AGENT_USAGE = `How well texts are answered by the agent.

  npm run ops -- agent score [--responder rules|bedrock]

  score puts every text of the evaluation set (shared/agent/evaluation) to a responder, as if people had sent it, and prints how
  many became what they had to, how many went to people, how long it took, and each that failed. rules: those of the set itself.
  bedrock: the agent that SUPERVISOR_AGENT_ID and SUPERVISOR_ALIAS_ID name; it has to know the three organisations of the set.
  Ends with 1 where a revocation was answered.`;

/** Reads the command line behind `agent`. Throws UsageError. */
export function parseAgent(args: readonly string[]): { responder: ResponderName } {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { responder: { type: 'string', default: 'rules' } },
    });
    const responder = responderNames.find((name) => name === values.responder);
    if (positionals.join(' ') !== 'score' || responder === undefined) throw new UsageError(AGENT_USAGE);
    return { responder };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${messageOf(error)}\n${AGENT_USAGE}`);
  }
}

/** Scores a responder. False: it answered a revocation. */
export async function runAgent(
  { responder }: { responder: ResponderName },
  { clock, config, say }: { clock: Clock; config: AgentConfig; say: (line: string) => void },
): Promise<boolean> {
  const set = await readEvaluationSet();
  const asked = respondersOf(responder, set, config, clock);
  try {
    const result = await score({
      set,
      responderOf: asked.of,
      clock,
      timeoutMs: config.AGENT_TIMEOUT_MS,
      mostSegments: config.AGENT_MAX_SEGMENTS,
    });
    for (const line of scoreLines(responder, result)) say(line);
    return result.answeredOptOuts === 0;
  } finally {
    asked.close();
  }
}

function respondersOf(
  name: ResponderName,
  set: EvaluationSet,
  config: AgentConfig,
  clock: Clock,
): { of(organisation: string): Responder; close(): void } {
  if (name === 'bedrock') {
    checkAgentSettings({ ...config, AGENT_RESPONDER: 'bedrock' });
    const client = createBedrock(config);
    const [agentId, aliasId] = [config.SUPERVISOR_AGENT_ID ?? '', config.SUPERVISOR_ALIAS_ID ?? ''];
    const one = bedrockResponder({ client, agentId, aliasId, clock });
    return { of: () => one, close: () => client.destroy() };
  }
  const byOrganisation = new Map(
    [...set.organisations].map(([slug, { rules }]) => [slug, rulesResponder(async () => rules)]),
  );
  const of = (slug: string): Responder => {
    const found = byOrganisation.get(slug);
    if (found === undefined) throw new Error(`there is no organisation ${slug}`);
    return found;
  };
  return { of, close: () => undefined };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const ms = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

/** What is printed, in order. */
export function scoreLines(responder: ResponderName, result: Score): string[] {
  const { accuracy, answeredOptOuts, escalation, p50Ms, p95Ms, scored } = result;
  const revocations = scored.filter(({ case: { expected } }) => expected.kind === 'opt_out');
  const failed = scored.filter(({ right }) => !right);
  return [
    `responder            ${responder}`,
    `texts                ${scored.length}`,
    `accuracy             ${percent(accuracy)}  (aim: above 95 %)`,
    `escalation           ${percent(escalation)}  of texts that have an answer  (aim: below 10 %)`,
    `revocations answered ${answeredOptOuts} of ${revocations.length}  (must be 0)`,
    `time to answer       p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}  (aim: below 3 s)`,
    ...(failed.length === 0 ? [] : ['', `failed (${failed.length})`]),
    ...failed.map(failedLine),
  ];
}

const failedLine = ({ became, case: { expected, language, organisation, text }, says }: Scored): string => {
  const wanted = expected.kind === 'topic' ? expected.topic : expected.kind;
  return `  ${organisation}/${language}  ${JSON.stringify(text)}: wanted ${wanted}, ${became.replace('_', ' ')}${says === '' ? '' : ` (${says})`}`;
};
