import type { Import } from '#shared/api-client/api-types.ts';

/** How far the service is with an import, in rows; null: it waits for somebody, or has ended. Pure. */
export function workOf({
  checked,
  committed,
  rows,
  status,
}: Pick<Import, 'checked' | 'committed' | 'rows' | 'status'>): {
  done: number;
  whole: number;
} | null {
  if (status === 'checking') return { done: checked.valid + checked.duplicate + checked.faulty, whole: rows };
  if (status !== 'committing') return null;
  const { created, erased, refused, unchanged, updated } = committed;
  return { done: created + updated + unchanged + refused + erased, whole: checked.valid };
}
