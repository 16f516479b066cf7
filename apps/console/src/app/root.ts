import { createRootRoute } from '@tanstack/react-router';
import { Shell } from './shell.tsx';

/** The route above all others: the rail, and room for a screen. Areas put theirs below it. */
export const rootRoute = createRootRoute({ component: Shell });
