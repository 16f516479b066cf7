import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { search, words } from '../../app/search.ts';

const contacts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contacts',
  validateSearch: search({ q: words, tag: words }),
  component: lazyRouteComponent(() => import('./list.tsx'), 'ContactList'),
});

export const contactRoutes = [contacts];
