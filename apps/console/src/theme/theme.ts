import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';
import { slate, teal, tokensOf } from './tokens.ts';

const neutral = slate as unknown as MantineColorsTuple;

/** Mantine's dark scale runs from letters to what is behind everything. */
const dark: MantineColorsTuple = [
  '#f1f5f9',
  '#cbd5e1',
  '#a3b1c6',
  '#71819b',
  '#33415a',
  '#273449',
  '#1e293b',
  '#0f172a',
  '#0b1120',
  '#060b16',
];

/** Buttons that are filled are the accent, or what is bad; in any other tone there are none. */
const colorsOfVariants: VariantColorsResolver = (input) => {
  const { color = 'teal', variant } = input;
  if (variant !== 'filled') return defaultVariantColorsResolver(input);
  const [back, front] =
    color === 'red' ? ['var(--c-bad-mark)', 'var(--c-on-bad)'] : ['var(--c-accent)', 'var(--c-on-accent)'];
  return {
    background: back,
    hover: `color-mix(in srgb, ${back} 88%, var(--c-text))`,
    color: front,
    border: '1px solid transparent',
  };
};

export const theme = createTheme({
  variantColorResolver: colorsOfVariants,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { teal: teal as unknown as MantineColorsTuple, gray: neutral, dark },
  defaultRadius: 'sm',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', checkIconPosition: 'right' } },
    MultiSelect: { defaultProps: { size: 'xs', checkIconPosition: 'right' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    // Named, its colour comes from `colorsOfVariants`; unnamed, a chosen one has white letters in both schemes.
    Chip: { defaultProps: { size: 'xs', color: 'teal' } },
    Text: { defaultProps: { size: 'md' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, multiline: true, maw: 320 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    // A header of the page to screen readers otherwise, beside the page's own.
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
  },
});

/** The tokens as CSS variables, and Mantine's own where they mean the same. */
export const variables: CSSVariablesResolver = () => {
  const of = (scheme: 'light' | 'dark'): Record<string, string> => {
    const tokens = tokensOf(scheme);
    return {
      ...Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--c-${name}`, value])),
      '--mantine-color-body': tokens.page ?? '',
      '--mantine-color-text': tokens.text ?? '',
      '--mantine-color-dimmed': tokens.dim ?? '',
      '--mantine-color-placeholder': tokens.dim ?? '',
      '--mantine-color-anchor': tokens.accent ?? '',
      '--mantine-color-error': tokens['bad-text'] ?? '',
      '--mantine-color-default-border': tokens.edge ?? '',
      '--mantine-primary-color-filled': tokens.accent ?? '',
      '--mantine-primary-color-contrast': tokens['on-accent'] ?? '',
    };
  };
  return { variables: {}, light: of('light'), dark: of('dark') };
};

/** Under the name that public/scheme.js reads before anything is drawn. */
const KEPT_AS = 'carillon.scheme';

/** Keeps what was chosen, where the browser keeps anything; without a choice the system's own is followed. */
export const schemeManager: MantineColorSchemeManager = {
  get: (fallback) => {
    const kept = read();
    return kept === 'light' || kept === 'dark' ? kept : fallback;
  },
  set: (value) => {
    try {
      localStorage.setItem(KEPT_AS, value);
    } catch {
      // A browser that keeps nothing: the choice holds until the page is left.
    }
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => localStorage.removeItem(KEPT_AS),
};

function read(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
