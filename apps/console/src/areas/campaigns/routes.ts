import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root.ts';
import { choice, search } from '../../app/search.ts';

const campaigns = createRoute({
  getParentRoute: () => rootRoute,
  path: '/campaigns',
  validateSearch: search({ status: choice(['active', 'scheduled', 'paused', 'draft', 'archived']) }),
  component: lazyRouteComponent(() => import('./list.tsx'), 'CampaignList'),
});

export const campaignRoutes = [campaigns];
