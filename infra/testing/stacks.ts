import { fileURLToPath } from 'node:url';
import { OPENED_SECRET, stackConfig } from '../config/stack-files.ts';
import { evaluateInHost, evaluateProgram, type Program } from './evaluate.ts';
import type { Evaluation } from './resource-record.ts';

const ROOT = new URL('../../', import.meta.url);
const PROJECT = 'carillon';
const ENTRY = fileURLToPath(new URL('infra/index.ts', ROOT));

/** Changes of a stack file: what is undefined is left out. */
export type Changes = Readonly<Record<string, unknown>>;

async function programOf(
  base: string,
  changes: Changes,
  mode: Evaluation['mode'] = 'update',
  secretKeys: readonly string[] = [],
): Promise<Program> {
  const { config, secretKeys: own } = await stackConfig(base);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete config[key];
    else config[key] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return { project: PROJECT, stack: base, mode, entry: ENTRY, config, secretKeys: [...own, ...secretKeys] };
}

/** The program under a configuration that is no stack file: for what neither stack has switched on. */
export const evaluateWith = async (...parts: Parameters<typeof programOf>): Promise<Evaluation> =>
  evaluateInHost(await programOf(...parts));

/** The same as Pulumi's CLI runs it: for what ends with a fault, or runs hooks, with these variables for the program. */
export async function evaluateByItself(
  base: string,
  changes: Changes,
  { mode, hooksWith }: { mode?: Evaluation['mode']; hooksWith?: Readonly<Record<string, string>> } = {},
): Promise<Evaluation> {
  const program = await programOf(base, changes, mode);
  return evaluateProgram({ ...program, ...(hooksWith === undefined ? {} : { hooksWith }) });
}

/** Everything that a stack may switch on and neither stack file does, over the development stack. */
export const EVERYTHING_ON = {
  'carillon:hostedZoneId': undefined,
  'carillon:certificateArn':
    'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-4333-8444-555555555555',
  'carillon:network': { interfaceEndpoints: true },
  'carillon:streams': { mode: 'on-demand', fanOut: true },
  'carillon:database': { minAcu: 0 },
  'carillon:endUserMessaging': { enabled: true },
  'carillon:carrier': {
    twilioAccountSid: `AC${'0123456789abcdef'.repeat(2)}`,
    originationNumber: '+14155550100',
    messagesPerSecond: 100,
    vonage: { apiKey: 'abcd1234', applicationId: '78d335fa-323d-4114-9c3d-d6f0d48968cf' },
  },
  'carillon:agent': { agentId: 'AGENT00001', aliasId: 'ALIAS00001' },
  'carillon:offHours': {
    stop: 'cron(0 20 ? * MON-FRI *)',
    start: 'cron(0 7 ? * MON-FRI *)',
    timeZone: 'America/New_York',
  },
  'carillon:services': {
    defaults: { environment: { SHORT_LINK_BASE: 'https://go.example.org', CONTENT_DIR: '/app/content' } },
    byName: { sender: { environment: { MESSAGE_PAUSE_MS: '1500' } } },
  },
  'carillon:web': {
    signIn: {
      issuer: 'https://id.example.org',
      authorizationEndpoint: 'https://id.example.org/authorize',
      tokenEndpoint: 'https://id.example.org/token',
      userInfoEndpoint: 'https://id.example.org/userinfo',
      clientId: 'carillon',
      roleClaim: 'groups',
      roles: { staff: 'viewer', 'texting team': 'operator', admins: 'admin' },
    },
  },
  'carillon:secrets': { CONSENT_PEPPER: `1:${OPENED_SECRET}`, TWILIO_AUTH_TOKEN: OPENED_SECRET },
  'carillon:signInSecret': OPENED_SECRET,
};

const evaluations = new Map<string, Promise<Evaluation>>();

/** Each evaluation takes seconds: it is made once per process and shared. Nobody may change what it returns. */
function once(key: string, evaluate: () => Promise<Evaluation>): Promise<Evaluation> {
  const known = evaluations.get(key);
  if (known !== undefined) return known;
  const started = evaluate();
  evaluations.set(key, started);
  return started;
}

/**
 * While `work` runs, these keys (`prod update`, `everything on`) stand for other evaluations: for checks of the checks.
 * Nothing else may ask for evaluations meanwhile.
 */
export async function withEvaluations<T>(
  others: Readonly<Record<string, Evaluation>>,
  work: () => Promise<T>,
): Promise<T> {
  const own = Object.keys(others).map((key) => [key, evaluations.get(key)] as const);
  for (const [key, evaluation] of Object.entries(others)) evaluations.set(key, Promise.resolve(evaluation));
  try {
    return await work();
  } finally {
    for (const [key, evaluation] of own) {
      if (evaluation === undefined) evaluations.delete(key);
      else evaluations.set(key, evaluation);
    }
  }
}

/** The program under a stack file. */
export const evaluateStack = (stack: string, mode: Evaluation['mode'] = 'update'): Promise<Evaluation> =>
  once(`${stack} ${mode}`, () => evaluateWith(stack, {}, mode));

/** The program with everything switched on. */
export const evaluateEverythingOn = (): Promise<Evaluation> =>
  once('everything on', () =>
    evaluateWith('dev', EVERYTHING_ON, 'update', ['carillon:secrets', 'carillon:signInSecret']),
  );

/** The program under a stack file, with streams read by enhanced fan-out. */
export const evaluateFanOut = (stack: string): Promise<Evaluation> =>
  once(`${stack} fan-out`, () => evaluateWith(stack, { 'carillon:streams': { fanOut: true } }));
