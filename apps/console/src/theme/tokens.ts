/**
 * The colours of the console, as data: what each is for, light and dark. Everything that has a colour takes it from here,
 * as a CSS variable (`--c-text`); nothing else names one. `tokens.unit.test.ts` proves the contrast of every pair.
 */

/** Slate, the neutral; from light to dark. */
export const slate = [
  '#f8fafc',
  '#f1f5f9',
  '#e2e8f0',
  '#cbd5e1',
  '#94a3b8',
  '#64748b',
  '#475569',
  '#334155',
  '#1e293b',
  '#0f172a',
] as const;

/** Teal, the one accent. */
export const teal = [
  '#f0fdfa',
  '#ccfbf1',
  '#99f6e4',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0f766e',
  '#115e59',
  '#134e4a',
] as const;

/** What a colour says; never alone, always beside a word or a sign. */
export const tones = ['good', 'held', 'bad', 'info', 'quiet'] as const;
export type Tone = (typeof tones)[number];

const neutral = {
  light: {
    /** Behind everything. */
    page: '#f8fafc',
    /** Of tables, cards, drawers. */
    surface: '#ffffff',
    /** Heads of tables, what the pointer is over. */
    raised: '#f1f5f9',
    /** What is chosen. */
    chosen: '#e6f6f4',
    text: '#0f172a',
    /** Second in rank, still to be read. */
    dim: '#475569',
    /** Between things. */
    line: '#e2e8f0',
    /** Of what somebody fills in or presses. */
    edge: '#7c8aa0',
    accent: '#0f766e',
    onAccent: '#ffffff',
    /** Letters on the mark of what is bad, as of a button that ends something. */
    onBad: '#ffffff',
    focus: '#0f766e',
  },
  dark: {
    page: '#0b1120',
    surface: '#0f172a',
    raised: '#1e293b',
    chosen: '#12353a',
    text: '#f1f5f9',
    dim: '#a3b1c6',
    line: '#273449',
    edge: '#71819b',
    accent: '#2dd4bf',
    onAccent: '#06251f',
    onBad: '#2c0607',
    focus: '#2dd4bf',
  },
} as const;

/** Of each tone: letters, what is behind them, and marks such as dots, bars and lines of charts. */
const meaning = {
  light: {
    good: { text: '#166534', back: '#ecfdf3', mark: '#15803d' },
    held: { text: '#854d0e', back: '#fef9e7', mark: '#b45309' },
    bad: { text: '#991b1b', back: '#fef2f2', mark: '#dc2626' },
    info: { text: '#1e40af', back: '#eff6ff', mark: '#2563eb' },
    quiet: { text: '#334155', back: '#f1f5f9', mark: '#64748b' },
  },
  dark: {
    good: { text: '#86efac', back: '#0d2b1d', mark: '#4ade80' },
    held: { text: '#fcd34d', back: '#33260b', mark: '#fbbf24' },
    bad: { text: '#fca5a5', back: '#3a1519', mark: '#f87171' },
    info: { text: '#93c5fd', back: '#13264a', mark: '#60a5fa' },
    quiet: { text: '#cbd5e1', back: '#1e293b', mark: '#94a3b8' },
  },
} as const satisfies Record<'light' | 'dark', Record<Tone, { text: string; back: string; mark: string }>>;

/** Bubbles of the phone, as a recipient's own phone draws them. */
const phone = {
  light: {
    phoneBack: '#ffffff',
    phoneOurs: '#e8ecf1',
    phoneOursText: '#0f172a',
    phoneTheirs: '#0f766e',
    phoneTheirsText: '#ffffff',
  },
  dark: {
    phoneBack: '#060b16',
    phoneOurs: '#1e293b',
    phoneOursText: '#f1f5f9',
    phoneTheirs: '#0f766e',
    phoneTheirsText: '#ffffff',
  },
} as const;

export const schemes = ['light', 'dark'] as const;
export type Scheme = (typeof schemes)[number];

/** All tokens of a scheme, by the name of their CSS variable without its dashes. */
export function tokensOf(scheme: Scheme): Readonly<Record<string, string>> {
  const tonesOf = tones.flatMap((tone) =>
    Object.entries(meaning[scheme][tone]).map(([part, value]) => [`${tone}-${part}`, value] as const),
  );
  return Object.fromEntries([
    ...Object.entries({ ...neutral[scheme], ...phone[scheme] }).map(
      ([name, value]) => [dashed(name), value] as const,
    ),
    ...tonesOf,
  ]);
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** WCAG 2.2, 1.4.3: letters. */
const LETTERS = 4.5;
/** WCAG 2.2, 1.4.11: what one must make out without reading. */
const MARKS = 3;

/** What stands on what, and the contrast that it needs. */
export const pairs: readonly { front: string; back: string; least: number }[] = [
  ...['page', 'surface', 'raised', 'chosen'].flatMap((back) => [
    { front: 'text', back, least: LETTERS },
    { front: 'dim', back, least: LETTERS },
    { front: 'accent', back, least: LETTERS },
    { front: 'edge', back, least: MARKS },
    { front: 'focus', back, least: MARKS },
  ]),
  { front: 'on-accent', back: 'accent', least: LETTERS },
  { front: 'on-bad', back: 'bad-mark', least: LETTERS },
  { front: 'phone-ours-text', back: 'phone-ours', least: LETTERS },
  { front: 'phone-theirs-text', back: 'phone-theirs', least: LETTERS },
  ...tones.flatMap((tone) => [
    { front: `${tone}-text`, back: `${tone}-back`, least: LETTERS },
    { front: `${tone}-text`, back: 'surface', least: LETTERS },
    { front: `${tone}-text`, back: 'page', least: LETTERS },
    { front: `${tone}-mark`, back: 'surface', least: MARKS },
    { front: `${tone}-mark`, back: 'page', least: MARKS },
    { front: `${tone}-mark`, back: `${tone}-back`, least: MARKS },
  ]),
];
