import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';

const drills = createRoute({
  getParentRoute: () => rootRoute,
  path: '/drills',
  component: lazyRouteComponent(() => import('./list.tsx'), 'DrillList'),
});

export const drillRoutes = [drills];
