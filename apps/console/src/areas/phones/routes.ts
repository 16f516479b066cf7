import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';

const phones = createRoute({
  getParentRoute: () => rootRoute,
  path: '/phones',
  component: lazyRouteComponent(() => import('./phones.tsx'), 'Phones'),
});

export const phoneRoutes = [phones];
