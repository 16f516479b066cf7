import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AgentRule, RuleLanguage } from '../rules/rule.ts';

/** What is to become of a text: the topic that is answered, or one of those. */
export type Expected = { kind: 'topic'; topic: string } | { kind: 'person' | 'opt_out' | 'nothing' };

export interface Case {
  organisation: string;
  language: RuleLanguage;
  text: string;
  expected: Expected;
}

/** Each is a word that an answer has to say, or several of which one has to be said. */
export type Mentions = readonly (string | readonly string[])[];

export interface Organisation {
  slug: string;
  name: string;
  contact: string;
  rules: readonly AgentRule[];
  /** By topic, of those that have an answer. */
  mentions: ReadonlyMap<string, Mentions>;
}

const inLanguages = z.strictObject({ en: z.array(z.string()), es: z.array(z.string()) }).partial();

const organisationsSchema = z.record(
  z.string(),
  z.strictObject({
    name: z.string(),
    contact: z.string(),
    topics: z.record(
      z.string(),
      z.strictObject({
        people: z.literal(true).optional(),
        mentions: z.array(z.union([z.string(), z.array(z.string())])).optional(),
        phrases: inLanguages,
        unless: inLanguages.optional(),
        answers: z.strictObject({ en: z.string(), es: z.string() }).optional(),
      }),
    ),
  }),
);

const casesSchema = z.record(
  z.string(),
  z.strictObject({
    en: z.record(z.string(), z.array(z.string())),
    es: z.record(z.string(), z.array(z.string())),
  }),
);

export interface EvaluationSet {
  organisations: ReadonlyMap<string, Organisation>;
  cases: readonly Case[];
}

const KINDS = ['person', 'opt_out', 'nothing'] as const;
const isKind = (name: string): name is (typeof KINDS)[number] => (KINDS as readonly string[]).includes(name);

/** The texts and organisations that responders are scored by, from their files. */
export async function readEvaluationSet(): Promise<EvaluationSet> {
  const read = async (name: string): Promise<unknown> =>
    parse(await readFile(new URL(name, import.meta.url), 'utf8'));
  const organisations = new Map(
    Object.entries(organisationsSchema.parse(await read('organisations.yaml'))).map(
      ([slug, { contact, name, topics }]): [string, Organisation] => [
        slug,
        {
          slug,
          name,
          contact,
          rules: Object.entries(topics).map(([topic, { answers, people, phrases, unless }]) => ({
            topic,
            action: people ? 'hand_over' : 'answer',
            phrases,
            unless: unless ?? {},
            answers: answers ?? {},
            campaignId: null,
            ourNumber: null,
          })),
          mentions: new Map(Object.entries(topics).map(([topic, { mentions }]) => [topic, mentions ?? []])),
        },
      ],
    ),
  );
  const cases = Object.entries(casesSchema.parse(await read('cases.yaml'))).flatMap(
    ([organisation, languages]) =>
      Object.entries(languages).flatMap(([language, byOutcome]) =>
        Object.entries(byOutcome).flatMap(([name, texts]) =>
          texts.map(
            (text): Case => ({
              organisation,
              language: language as RuleLanguage,
              text,
              expected: isKind(name) ? { kind: name } : { kind: 'topic', topic: name },
            }),
          ),
        ),
      ),
  );
  return { organisations, cases };
}
