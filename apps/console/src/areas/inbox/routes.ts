import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, search } from '../../app/search.ts';

const inbox = createRoute({
  getParentRoute: () => rootRoute,
  path: '/inbox',
  validateSearch: search({ folder: choice(['reply', 'all']) }),
  component: lazyRouteComponent(() => import('./list.tsx'), 'ConversationList'),
});

export const inboxRoutes = [inbox];
