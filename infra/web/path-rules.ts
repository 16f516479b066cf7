import type { ServiceRow } from '#shared/topology.ts';

/** Patterns that one rule of a load balancer may have. */
const MOST_PATTERNS = 5;

export interface PathRule<Name extends string> {
  service: Name;
  patterns: string[];
  /** Lower is asked first; unique. */
  priority: number;
  /** Whether people have to sign in first, where the environment has an identity provider. */
  signIn: boolean;
}

/**
 * Which service answers which paths: longer patterns are asked before shorter ones, so that `/*` of one service leaves
 * the paths of the others alone. Carriers cannot sign in; they sign what they send.
 */
export function pathRules<Name extends string>(
  rows: Readonly<Record<Name, Pick<ServiceRow, 'publicPaths' | 'carriers'>>>,
): PathRule<Name>[] {
  const entries = Object.entries<Pick<ServiceRow, 'publicPaths' | 'carriers'>>(rows) as [
    Name,
    Pick<ServiceRow, 'publicPaths' | 'carriers'>,
  ][];
  return entries
    .flatMap(([service, row]) =>
      groupsByLength(row.publicPaths).map((patterns) => ({ service, patterns, signIn: !row.carriers })),
    )
    .sort((a, b) => longest(b.patterns) - longest(a.patterns))
    .map((rule, index) => ({ ...rule, priority: 10 * (index + 1) }));
}

const longest = (patterns: readonly string[]): number => Math.max(...patterns.map(({ length }) => length));

/** Patterns of one rule have one length: a rule has one place in the order. */
function groupsByLength(paths: readonly string[]): string[][] {
  const byLength = Map.groupBy(paths, ({ length }) => length);
  return [...byLength.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MOST_PATTERNS) }, (_, index) =>
      group.slice(index * MOST_PATTERNS, (index + 1) * MOST_PATTERNS),
    ),
  );
}
