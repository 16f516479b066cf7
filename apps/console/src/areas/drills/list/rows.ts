import type { ListedDrill, ListedDrillDraft } from '#shared/api-client/api-types.ts';

/** A drill as it is published, as somebody works on it, or both. */
export interface DrillRow {
  slug: string;
  name: string;
  published: ListedDrill | null;
  draft: ListedDrillDraft | null;
}

/** One row for each drill, by what people call it. What is published has the name; a draft only until there is one. */
export function drillRows(
  published: readonly ListedDrill[],
  drafts: readonly ListedDrillDraft[],
): DrillRow[] {
  const rows = new Map<string, DrillRow>(
    published.map((drill) => [
      drill.slug,
      { slug: drill.slug, name: drill.name, published: drill, draft: null },
    ]),
  );
  for (const draft of drafts) {
    const known = rows.get(draft.slug);
    rows.set(draft.slug, {
      slug: draft.slug,
      name: known?.name ?? draft.name,
      published: known?.published ?? null,
      draft,
    });
  }
  return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.slug < b.slug ? -1 : 1));
}

/** Those that filters leave: `q` is in the name or the slug. */
export const filtered = (
  rows: readonly DrillRow[],
  { q, state }: { q?: string | undefined; state?: 'published' | 'draft' | undefined },
): DrillRow[] =>
  rows.filter(
    ({ draft, name, published, slug }) =>
      (state !== 'published' || published !== null) &&
      (state !== 'draft' || draft !== null) &&
      (q === undefined || `${name} ${slug}`.toLowerCase().includes(q.toLowerCase())),
  );
