import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, search, words } from '../../app/search.ts';
import { folderNames } from './folders.ts';

const inbox = createRoute({
  getParentRoute: () => rootRoute,
  path: '/inbox',
  validateSearch: search({ folder: choice(folderNames), of: words, q: words }),
  component: lazyRouteComponent(() => import('./inbox.tsx'), 'Inbox'),
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$id',
  component: lazyRouteComponent(() => import('./thread/thread.tsx'), 'Thread'),
});

export const inboxRoutes = [inbox.addChildren([conversation])];
