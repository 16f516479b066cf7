import { CarillonError } from '#shared/errors.ts';
import type { ServiceRow } from '#shared/topology.ts';

/** Patterns that one rule of a load balancer may have. */
const MOST_PATTERNS = 5;
/** Characters of a pattern, as the load balancer allows. */
const LONGEST_PATTERN = 128;
/** Places of services among patterns of one length. */
const SLOTS = 99;
/** Rules of one service with patterns of one length. */
const RULES_OF_A_SLOT = 3;

export interface PathRule<Name extends string> {
  service: Name;
  patterns: string[];
  /** Lower is asked first; unique, 1 to 50,000. */
  priority: number;
  /**
   * What becomes of somebody who has not signed in, where the environment has an identity provider: `ask` signs them in
   * first, `allow` lets them through and leaves it to the service, null never looks.
   */
  signIn: 'ask' | 'allow' | null;
}

type Row = Pick<ServiceRow, 'publicPaths' | 'pathSlot' | 'carriers' | 'signInPath'>;

/**
 * Which service answers which paths: longer patterns are asked before shorter ones, so that `/*` of one service leaves
 * the paths of the others alone. A priority follows from the length of the patterns and the slot of the service's own
 * row, and from nothing else: what another service is given or loses moves no rule. Carriers cannot sign in, they sign
 * what they send; nor can programs, so a service that has them signs people in at a path of its own. Throws with every
 * fault of the rows.
 */
export function pathRules<Name extends string>(rows: Readonly<Record<Name, Row>>): PathRule<Name>[] {
  const entries = (Object.entries<Row>(rows) as [Name, Row][]).filter(
    ([, { publicPaths }]) => publicPaths.length > 0,
  );
  const faults = faultsOf(entries);
  if (faults.length > 0) throw new CarillonError('invalid_configuration', faults.join('; '));
  return entries
    .flatMap(([service, { publicPaths, pathSlot = 0, carriers, signInPath }]) =>
      [...Map.groupBy(publicPaths, ({ length }) => length)].flatMap(([length, patterns]) =>
        chunks(patterns).map((chunk, index) => ({
          service,
          patterns: chunk,
          priority: ((LONGEST_PATTERN - length) * SLOTS + pathSlot - 1) * RULES_OF_A_SLOT + index + 1,
          signIn: signInAt({ carriers, signInPath }, chunk),
        })),
      ),
    )
    .sort((a, b) => a.priority - b.priority);
}

const signInAt = (
  { carriers, signInPath }: Pick<Row, 'carriers' | 'signInPath'>,
  patterns: readonly string[],
): PathRule<string>['signIn'] => {
  if (carriers) return null;
  return signInPath === undefined || patterns.includes(signInPath) ? 'ask' : 'allow';
};

function signInFault(service: string, { carriers, publicPaths, signInPath }: Row): string[] {
  if (signInPath === undefined) return [];
  if (carriers) return [`${service} is for carriers, who cannot sign in at ${signInPath}`];
  // Of one length with another path it would share that one's rule.
  const alone = publicPaths.filter(({ length }) => length === signInPath.length);
  return alone.length === 1 && alone[0] === signInPath
    ? []
    : [`${service} must have ${signInPath} among its public paths, and no other of the same length`];
}

function faultsOf(entries: readonly [string, Row][]): string[] {
  const slots = Map.groupBy(entries, ([, { pathSlot }]) => pathSlot);
  const owners = Map.groupBy(
    entries.flatMap(([service, { publicPaths }]) => publicPaths.map((path) => ({ service, path }))),
    ({ path }) => path,
  );
  return [
    ...entries.flatMap(([service, { pathSlot }]) =>
      pathSlot !== undefined && Number.isInteger(pathSlot) && pathSlot >= 1 && pathSlot <= SLOTS
        ? []
        : [`${service} has public paths and needs a pathSlot of 1 to ${SLOTS}`],
    ),
    ...entries.flatMap(([service, row]) => signInFault(service, row)),
    ...[...slots].flatMap(([slot, holders]) =>
      holders.length > 1 && slot !== undefined
        ? [`${holders.map(([service]) => service).join(' and ')} have the same pathSlot ${slot}`]
        : [],
    ),
    ...[...owners].flatMap(([path, holders]) => [
      ...(holders.length > 1
        ? [`${path} belongs to ${holders.map(({ service }) => service).join(' and ')}`]
        : []),
      ...(path.length > LONGEST_PATTERN ? [`${path} is longer than ${LONGEST_PATTERN} characters`] : []),
    ]),
    ...entries.flatMap(([service, { publicPaths }]) =>
      [...Map.groupBy(publicPaths, ({ length }) => length)].flatMap(([length, paths]) =>
        paths.length > MOST_PATTERNS * RULES_OF_A_SLOT
          ? [
              `${service} has ${paths.length} paths of ${length} characters: ${MOST_PATTERNS * RULES_OF_A_SLOT} at most`,
            ]
          : [],
      ),
    ),
  ];
}

const chunks = (paths: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(paths.length / MOST_PATTERNS) }, (_, index) =>
    paths.slice(index * MOST_PATTERNS, (index + 1) * MOST_PATTERNS),
  );
