import { lazy, Suspense } from 'react';

const FaultDetails = lazy(async () => ({ default: (await import('./fault-details.tsx')).FaultDetails }));

/**
 * What went wrong, why, and what to do: any error that a request or a screen ended with. `again`: how to try it once more.
 * What draws it is fetched when there is first something wrong.
 */
export const FaultBox = (parts: { error: unknown; again?: (() => void) | undefined }) => (
  <Suspense>
    <FaultDetails {...parts} />
  </Suspense>
);
