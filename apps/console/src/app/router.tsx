import { createRouter } from '@tanstack/react-router';
import { campaignRoutes } from '../areas/campaigns/routes.ts';
import { contactRoutes } from '../areas/contacts/routes.ts';
import { drillRoutes } from '../areas/drills/routes.ts';
import { homeRoutes } from '../areas/home/routes.ts';
import { inboxRoutes } from '../areas/inbox/routes.ts';
import { phoneRoutes } from '../areas/phones/routes.ts';
import { systemRoutes } from '../areas/system/routes.ts';
import { Broken, Lost, Waiting } from './fallbacks.tsx';
import { rootRoute } from './root.ts';

/** Every screen. An area is one line here and a folder of its own. */
const routeTree = rootRoute.addChildren([
  ...homeRoutes,
  ...campaignRoutes,
  ...inboxRoutes,
  ...drillRoutes,
  ...contactRoutes,
  ...systemRoutes,
  ...phoneRoutes,
]);

export const router = createRouter({
  routeTree,
  basepath: '/console',
  // A screen is fetched when the pointer comes near its link.
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingMinMs: 0,
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Lost,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
