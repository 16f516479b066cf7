import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { search, words } from '../../app/search.ts';

const phones = createRoute({
  getParentRoute: () => rootRoute,
  path: '/phones',
  /** Numbers of the phones that are shown, with commas between them. */
  validateSearch: search({ open: words }),
  component: lazyRouteComponent(() => import('./phones.tsx'), 'Phones'),
});
const faults = createRoute({
  getParentRoute: () => phones,
  path: 'faults',
  component: lazyRouteComponent(() => import('./faults.tsx'), 'FaultDrawer'),
});
const time = createRoute({
  getParentRoute: () => phones,
  path: 'time',
  component: lazyRouteComponent(() => import('./skip-time.tsx'), 'SkipDrawer'),
});

export const phoneRoutes = [phones.addChildren([faults, time])];
