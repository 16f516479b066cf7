import { z } from 'zod';
import { fitForSms } from '#shared/agent/format.ts';
import { handOverReasons } from '#shared/agent/responder.ts';
import { compileRules } from '#shared/agent/rules/match.ts';
import { answerByRules } from '#shared/agent/rules/responder.ts';
import { readRules } from '#shared/agent/rules/store.ts';
import { standsAside } from '#shared/agent/stand-aside.ts';
import type { Clock } from '#shared/clock.ts';
import { foldWords } from '#shared/compliance/fold-text.ts';
import { classifyFreeText } from '#shared/compliance/free-text.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isUniqueViolation } from '#shared/postgres/pool.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply, search } from '../http/operation.ts';
import { givenSender, shownSender } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { name, uuid } from '../http/words.ts';
import {
  deleteRule,
  insertRule,
  listRules,
  lockRule,
  type RuleContent,
  readRule,
  type StoredRule,
  updateRule,
} from './rule-store.ts';

export const tag = 'Agent';
const params = z.strictObject({ id: uuid });

const MOST_PHRASES = 200;
const LONGEST_PHRASE = 100;
const LONGEST_ANSWER = 1_000;
const LONGEST_TEXT = 1_600;

const phrase = storableText
  .pipe(z.string().trim().min(1).max(LONGEST_PHRASE))
  .refine((text) => foldWords(text) !== '', 'must have a letter or a digit');
const phrases = z.array(phrase).max(MOST_PHRASES);
const inLanguages = <T extends z.ZodType>(each: T) =>
  z.strictObject({ en: each.optional(), es: each.optional() });
const answer = storableText.pipe(z.string().trim().min(1).max(LONGEST_ANSWER));

const ruleParts = {
  topic: name.meta({ description: 'What it is about: no other rule is about the same' }),
  action: z.enum(['answer', 'hand_over']).meta({
    description: '`hand_over`: people answer what is about it. Such rules come before those with answers',
  }),
  phrases: inLanguages(phrases).meta({
    description:
      'Words as people text them: found where all of them stand in a text in their order, with up to three others between two. `*` at the end of a word stands for the rest of it',
  }),
  unless: inLanguages(phrases).meta({
    description: 'With one of these in a text it is about something else',
  }),
  answers: inLanguages(answer).meta({
    description:
      'Given in the language of the phrase, else in that of the person, else in the one that there is',
  }),
  campaignId: uuid.nullable().meta({ description: 'For texts that belong to it alone; null: for all' }),
  ourNumber: givenSender.nullable().meta({ description: 'For texts to this number alone; null: to any' }),
  enabled: z.boolean(),
};

const newRuleSchema = z
  .strictObject({
    ...ruleParts,
    unless: ruleParts.unless.default({}),
    answers: ruleParts.answers.default({}),
    campaignId: ruleParts.campaignId.default(null),
    ourNumber: ruleParts.ourNumber.default(null),
    enabled: ruleParts.enabled.default(true),
  })
  .meta({
    id: 'NewAgentRule',
    example: {
      topic: 'Opening hours',
      action: 'answer',
      phrases: { en: ['hours', 'what time open', 'open saturday*'], es: ['horario', 'que hora abren'] },
      answers: { en: 'We are open 9 to 5, Mon-Fri.', es: 'Abrimos de 9 a 5, de lunes a viernes.' },
    },
  });

const ruleChangeSchema = z
  .strictObject(ruleParts)
  .partial()
  .meta({
    id: 'AgentRuleChange',
    description: 'What is left out stays as it is',
    example: { enabled: false },
  });

const ruleSchema = z
  .object({
    id: z.uuid(),
    topic: z.string(),
    action: ruleParts.action,
    phrases: inLanguages(z.array(z.string())),
    unless: inLanguages(z.array(z.string())),
    answers: inLanguages(z.string()),
    campaignId: z.uuid().nullable(),
    ourNumber: shownSender.nullable(),
    enabled: z.boolean(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'AgentRule' });

const wire = ({ version: _, ...row }: StoredRule): z.input<typeof ruleSchema> => ({
  ...row,
  phrases: mutable(row.phrases),
  unless: mutable(row.unless),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
const mutable = ({ en, es }: StoredRule['phrases']) => ({
  ...(en === undefined ? {} : { en: [...en] }),
  ...(es === undefined ? {} : { es: [...es] }),
});

const contentOf = ({
  id: _,
  version: __,
  createdAt: ___,
  updatedAt: ____,
  ...rule
}: StoredRule): RuleContent => rule;

const noSuchRule = (): Problem => new Problem('not_found', 'There is no such rule.');
const topicTaken = (): Problem => new Problem('conflict', 'Another rule is about this topic.');

/** Without this a rule finds nothing, or says nothing. */
function checkRule({ action, answers, phrases: given }: RuleContent): void {
  const faults = [
    ...(Object.values(given).flat().length > 0
      ? []
      : [{ in: 'body' as const, pointer: '/phrases', detail: 'needs a phrase in one language at least' }]),
    ...(action === 'hand_over' || Object.values(answers).length > 0
      ? []
      : [{ in: 'body' as const, pointer: '/answers', detail: 'needs an answer in one language at least' }]),
  ];
  if (faults.length > 0) throw new Problem('invalid_request', 'The rule is not whole.', { faults });
}

const tryOutSchema = z
  .strictObject({
    text: storableText
      .pipe(z.string().min(1).max(LONGEST_TEXT))
      .meta({ description: 'As somebody would text it' }),
    language: storableText.pipe(z.string().max(20)).optional(),
    campaignId: uuid.optional(),
    ourNumber: givenSender.optional(),
  })
  .meta({ id: 'AgentTrial', example: { text: 'are you open on saturdays?' } });

const trialSchema = z
  .object({
    becomes: z.enum(['opt_out', 'answered', 'handed_over', 'nothing']).meta({
      description: '`opt_out`: it is a revocation, and no responder is asked. `nothing`: it wants no answer',
    }),
    reason: z.enum(handOverReasons).nullable().meta({ description: 'Why people have it' }),
    topic: z.string().nullable().meta({ description: 'Of the rule' }),
    answer: z.string().nullable(),
    segments: z.int().nullable().meta({ description: 'Of the answer' }),
  })
  .meta({ id: 'AgentTrialResult' });

const became = (
  parts: Partial<z.input<typeof trialSchema>> & Pick<z.input<typeof trialSchema>, 'becomes'>,
) => ({
  reason: null,
  topic: null,
  answer: null,
  segments: null,
  ...parts,
});

/** What the rules responder knows. `mostSegments`: of an answer. */
export const agentRuleOperations = ({
  clock,
  agentMostSegments: mostSegments,
}: {
  clock: Clock;
  agentMostSegments: number;
}): readonly Operation[] => [
  read({
    id: 'listAgentRules',
    path: '/v1/agent-rules',
    tag,
    summary: 'Lists what the agent answers by rules, by topic',
    access: 'viewer',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of rules', body: pageOf(ruleSchema, 'AgentRulePage') } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(z.object({ topic: storableText }), cursor)?.topic ?? null;
      const rows = await listRules(db, { after, limit: limit + 1 });
      return reply(200, page(rows, limit, { item: wire, positionOf: ({ topic }) => ({ topic }) }));
    },
  }),
  read({
    id: 'getAgentRule',
    path: '/v1/agent-rules/{id}',
    tag,
    summary: 'Gets a rule',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The rule', body: ruleSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const row = await readRule(db, id);
      if (row === null) throw noSuchRule();
      return reply(200, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'createAgentRule',
    method: 'post',
    path: '/v1/agent-rules',
    tag,
    summary: 'Makes a rule: what people text, and what they are answered',
    access: 'operator',
    body: newRuleSchema,
    replies: { 201: { description: 'The new rule', body: ruleSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      checkRule(body);
      const row = await insertRule(tx, body, { id: clock.newId(), now: clock.now() });
      if (row === null) throw topicTaken();
      audit({
        subject: 'agent-rule',
        subjectId: row.id,
        action: 'created',
        before: null,
        after: { ...contentOf(row) },
      });
      return reply(201, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'updateAgentRule',
    method: 'patch',
    path: '/v1/agent-rules/{id}',
    tag,
    summary: 'Changes a rule: it is in force within a second or two',
    access: 'operator',
    requiresVersion: true,
    params,
    body: ruleChangeSchema,
    replies: { 200: { description: 'As it is now', body: ruleSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockRule(tx, id);
      if (before === null) throw noSuchRule();
      checkVersion(before, ifMatch);
      const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      const wanted: RuleContent = { ...contentOf(before), ...given };
      checkRule(wanted);
      const row = await updateRule(tx, wanted, { id, now: clock.now() }).catch((error: unknown) => {
        throw isUniqueViolation(error) ? topicTaken() : error;
      });
      audit({
        subject: 'agent-rule',
        subjectId: id,
        action: 'updated',
        before: { ...contentOf(before) },
        after: { ...contentOf(row) },
      });
      return reply(200, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'deleteAgentRule',
    method: 'delete',
    path: '/v1/agent-rules/{id}',
    tag,
    summary: 'Deletes a rule',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const row = await lockRule(tx, id);
      if (row === null) throw noSuchRule();
      checkVersion(row, ifMatch);
      await deleteRule(tx, id);
      audit({
        subject: 'agent-rule',
        subjectId: id,
        action: 'deleted',
        before: { ...contentOf(row) },
        after: null,
      });
      return reply(204, null);
    },
  }),
  search({
    id: 'tryAgentRules',
    path: '/v1/agent-trials',
    tag,
    summary: 'Says what would become of a text by the rules as they are now',
    description:
      'Nothing is sent, and nothing is kept. Texts are read for opt-outs first, as those of people are.',
    access: 'viewer',
    body: tryOutSchema,
    replies: { 200: { description: 'What would become of it', body: trialSchema } },
    handle: async ({ body: { campaignId, language, ourNumber, text } }, db) => {
      const { verdict } = classifyFreeText(text);
      if (verdict === 'opt_out' || verdict === 'revocation')
        return reply(200, became({ becomes: 'opt_out' }));
      const reason = standsAside(
        { text, mediaUrls: [], turns: [], answersInHour: 0 },
        { answersPerHour: Number.MAX_SAFE_INTEGER },
      );
      if (reason !== null) return reply(200, became({ becomes: 'handed_over', reason }));
      const outcome = answerByRules(
        {
          text,
          turns: [],
          session: 'trial',
          language: language ?? null,
          facts: {
            organisation: '',
            contact: '',
            campaign: campaignId === undefined ? null : { id: campaignId, name: '' },
            ourNumber: ourNumber ?? '',
          },
        },
        compileRules(await readRules(db)),
      );
      if (outcome.kind === 'nothing') return reply(200, became({ becomes: 'nothing' }));
      if (outcome.kind === 'hand_over') {
        return reply(200, became({ becomes: 'handed_over', reason: outcome.reason, topic: outcome.topic }));
      }
      const { topic } = outcome;
      const answered = fitForSms(outcome.text, mostSegments);
      if (answered === null) return reply(200, became({ becomes: 'handed_over', reason: 'empty', topic }));
      const { segments } = segmentsOf(answered);
      return reply(200, became({ becomes: 'answered', topic, answer: answered, segments }));
    },
  }),
];
