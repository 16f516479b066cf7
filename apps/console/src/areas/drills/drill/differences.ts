import type { DrillDraft } from '#shared/api-client/api-types.ts';

type Written = Pick<DrillDraft['draft'], 'name' | 'defaultLanguage' | 'prompts' | 'examples'>;
type Prompt = Written['prompts'][number];

export const parts = [
  'name',
  'defaultLanguage',
  'order',
  'text',
  'media',
  'correctResponse',
  'options',
  'accepts',
  'storeAs',
  'tries',
  'asks',
  'example',
] as const;
export type Part = (typeof parts)[number];

/** One detail of a drill: what it says before and after; null: it was not there. */
export interface Detail {
  part: Part;
  /** Which message of the prompt, from 0; null: none. */
  message: number | null;
  language: string | null;
  before: string | null;
  after: string | null;
}

/** What became of one prompt, one example, or (null) the drill itself. */
export interface Difference {
  kind: 'drill' | 'prompt' | 'example';
  /** Slug of the prompt, or name of the example; '' of the drill. */
  name: string;
  change: 'added' | 'removed' | 'changed';
  details: readonly Detail[];
}

type Said = Pick<Detail, 'part' | 'message' | 'language'> & { value: string };

const said = (
  part: Part,
  value: string,
  language: string | null = null,
  message: number | null = null,
): Said => ({
  ...{ part, value, language, message },
});

const perLanguage = (part: Part, values: Readonly<Record<string, string | string[]>> | undefined): Said[] =>
  Object.entries(values ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([language, value]) => said(part, [value].flat().join('\n'), language));

const detailsOf = (prompt: Prompt): Said[] => [
  ...prompt.messages.flatMap(({ mediaUrl, text }, n) => [
    ...Object.entries(text ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([language, body]) => said('text', body, language, n)),
    ...(mediaUrl === undefined ? [] : [said('media', mediaUrl, null, n)]),
  ]),
  ...perLanguage('correctResponse', prompt.correctResponse),
  ...perLanguage('options', prompt.options),
  ...perLanguage('accepts', prompt.accepts),
  ...(prompt.storeAs === undefined ? [] : [said('storeAs', prompt.storeAs)]),
  ...(prompt.correctResponse === undefined ? [] : [said('tries', String(prompt.maxFailures + 1))]),
  ...(prompt.asks === undefined ? [] : [said('asks', String(prompt.asks))]),
];

const keyOf = ({ language, message, part }: Said): string => `${part} ${message} ${language}`;

function compared(before: readonly Said[], after: readonly Said[]): Detail[] {
  const was = new Map(before.map((each) => [keyOf(each), each]));
  const is = new Map(after.map((each) => [keyOf(each), each]));
  return [...new Map([...was, ...is]).entries()].flatMap(([key, { language, message, part }]): Detail[] => {
    const [old, now] = [was.get(key)?.value ?? null, is.get(key)?.value ?? null];
    return old === now ? [] : [{ part, message, language, before: old, after: now }];
  });
}

/** What differs of things with names: those that were taken away last. */
function named<Item>(
  kind: Difference['kind'],
  before: readonly Item[],
  after: readonly Item[],
  nameOf: (item: Item) => string,
  saidOf: (item: Item) => Said[],
): Difference[] {
  const was = new Map(before.map((item) => [nameOf(item), item]));
  const is = new Map(after.map((item) => [nameOf(item), item]));
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name): Difference[] => {
    const [old, now] = [was.get(name), is.get(name)];
    const details = compared(old === undefined ? [] : saidOf(old), now === undefined ? [] : saidOf(now));
    const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return details.length === 0 && change === 'changed' ? [] : [{ kind, name, change, details }];
  });
}

/** What of a drill differs between two ways in which it was written. Pure. */
export function differences(from: Written, to: Written): Difference[] {
  const order = (drill: Written): Said[] => {
    const both = drill.prompts.filter(({ slug }) =>
      [from, to].every(({ prompts }) => prompts.some((prompt) => prompt.slug === slug)),
    );
    return [said('order', both.map(({ slug }) => slug).join('\n'))];
  };
  const own = compared(
    [said('name', from.name), said('defaultLanguage', from.defaultLanguage), ...order(from)],
    [said('name', to.name), said('defaultLanguage', to.defaultLanguage), ...order(to)],
  );
  return [
    ...(own.length === 0 ? [] : [{ kind: 'drill', name: '', change: 'changed', details: own } as const]),
    ...named('prompt', from.prompts, to.prompts, ({ slug }) => slug, detailsOf),
    ...named(
      'example',
      from.examples,
      to.examples,
      ({ name }) => name,
      (example) => [
        said(
          'example',
          example.turns
            .map(({ expect, hears, says }) => [`${says} → ${expect}`, ...hears].join(' · '))
            .join('\n'),
          example.language ?? null,
        ),
      ],
    ),
  ];
}
